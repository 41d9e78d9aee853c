// A barrier for a few threads that meet twice or more per time step. It spins briefly, because threads with a core each arrive within
// microseconds of each other, then sleeps: where other programs or further threads want the core, spinning would keep it from the thread
// that is waited for.
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace procortex {

struct BrokenBarrier : std::runtime_error {
  BrokenBarrier() : std::runtime_error("another thread failed") {}
};

class Barrier {
 public:
  explicit Barrier(int n_threads) : Barrier(n_threads, n_threads <= static_cast<int>(std::thread::hardware_concurrency())) {}

  void wait() {
    const unsigned phase = phase_.load(std::memory_order_relaxed);
    if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == n_threads_) {
      arrived_.store(0, std::memory_order_relaxed);
      phase_.fetch_add(1);
      wake();
      return;
    }
    int useful = spins_.load(std::memory_order_relaxed);
    // Who sleeps wakes late, so that the next one sleeps as well: a long spin now and then ends that where cores are free.
    const int most = phase % PROBE == 0 ? most_spins_ : useful;
    int spun = 0;
    for (; spun < most && !free(phase); ++spun) pause();
    if (free(phase)) {
      adapt(useful, spun);
    } else {
      spins_.compare_exchange_strong(useful, std::max(fewest_spins_, useful / 2));  // once for all that wait
      sleep(phase);
    }
    if (broken_.load()) throw BrokenBarrier();
  }

  // A thread that cannot go on sets the others free.
  void give_up() {
    broken_.store(true);
    wake();
  }

 private:
  // Some microseconds, and some hundreds of them. Between these, three times what the last waits took, and less after every one in vain.
  static constexpr int FEWEST_SPINS = 200, MOST_SPINS = 10000, MARGIN = 3;
  static constexpr unsigned PROBE = 64;  // phases

  void adapt(int useful, int spun) {
    const int wanted = std::min(most_spins_, MARGIN * spun);
    if (wanted > useful)
      spins_.store(wanted);
    else
      spins_.compare_exchange_strong(useful, std::max(fewest_spins_, useful - useful / 16));
  }

  Barrier(int n_threads, bool own_cores)
      : n_threads_(n_threads), fewest_spins_(own_cores ? FEWEST_SPINS : 0), most_spins_(own_cores ? MOST_SPINS : 0), spins_(most_spins_) {}

  bool free(unsigned phase) const { return phase_.load() != phase || broken_.load(); }

  // The sleeper counts itself before it looks at the phase, the waker advances the phase before it looks at the count: with sequential
  // consistency one of them sees the other.
  void sleep(unsigned phase) {
    std::unique_lock<std::mutex> lock(mutex_);
    sleepers_.fetch_add(1);
    awake_.wait(lock, [&] { return free(phase); });
    sleepers_.fetch_sub(1);
  }

  void wake() {
    if (sleepers_.load() == 0) return;
    const std::lock_guard<std::mutex> lock(mutex_);
    awake_.notify_all();
  }

  static void pause() {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
  }

  const int n_threads_, fewest_spins_, most_spins_;  // no spins where threads outnumber processors
  std::atomic<int> spins_;
  std::atomic<int> arrived_{0}, sleepers_{0};
  std::atomic<unsigned> phase_{0};
  std::atomic<bool> broken_{false};
  std::mutex mutex_;
  std::condition_variable awake_;
};

}  // namespace procortex
