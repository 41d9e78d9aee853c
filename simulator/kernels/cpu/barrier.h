// A barrier for a few threads that meet twice per time step: it spins briefly, then gives the core away (threads may outnumber cores).
#pragma once

#include <atomic>
#include <stdexcept>
#include <thread>

namespace procortex {

struct BrokenBarrier : std::runtime_error {
  BrokenBarrier() : std::runtime_error("another thread failed") {}
};

class Barrier {
 public:
  explicit Barrier(int n_threads) : n_threads_(n_threads) {}

  void wait() {
    const unsigned phase = phase_.load(std::memory_order_relaxed);
    if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == n_threads_) {
      arrived_.store(0, std::memory_order_relaxed);
      phase_.fetch_add(1, std::memory_order_release);
      return;
    }
    for (int spin = 0; phase_.load(std::memory_order_acquire) == phase; ++spin) {
      if (broken_.load(std::memory_order_relaxed)) throw BrokenBarrier();
      if (spin < SPINS)
        pause();
      else
        std::this_thread::yield();
    }
  }

  // A thread that cannot go on sets the others free.
  void give_up() { broken_.store(true); }

 private:
  static constexpr int SPINS = 2000;

  static void pause() {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
  }

  const int n_threads_;
  std::atomic<int> arrived_{0};
  std::atomic<unsigned> phase_{0};
  std::atomic<bool> broken_{false};
};

}  // namespace procortex
