// Threads that work together on one piece: the caller's and n - 1 more.
#pragma once

#include <exception>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "barrier.h"

namespace procortex {

// Run work(0) on the caller's thread and work(1) ... work(n - 1) on threads of their own. Whatever fails, also to start a thread, is thrown
// here when all have ended; `give_up()` is called at once, so that nobody waits for the one that failed.
template <typename Work, typename GiveUp>
void on_threads(int n, const Work& work, const GiveUp& give_up) {
  std::mutex mutex;
  std::exception_ptr failure;
  const auto fail = [&](std::exception_ptr cause) {
    const std::lock_guard<std::mutex> lock(mutex);
    if (!failure) failure = cause;
    give_up();
  };
  const auto guarded = [&](int thread) {
    try {
      work(thread);
    } catch (const BrokenBarrier&) {  // another thread has said why
    } catch (...) {
      fail(std::current_exception());
    }
  };
  std::vector<std::thread> threads;
  bool started = true;
  try {
    threads.reserve(n - 1);
    for (int thread = 1; thread < n; ++thread) threads.emplace_back([&guarded, thread] { guarded(thread); });
  } catch (const std::system_error& error) {
    started = false;
    const std::string number = std::to_string(threads.size() + 2) + " of " + std::to_string(n);
    fail(std::make_exception_ptr(std::runtime_error("cannot start thread " + number + " (" + error.code().message() + "): choose fewer threads, or raise the limit of processes (ulimit -u, or the container's)")));
  } catch (...) {
    started = false;
    fail(std::current_exception());
  }
  if (started) guarded(0);
  for (auto& thread : threads) thread.join();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace procortex
