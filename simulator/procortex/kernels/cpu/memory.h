// Large zeroed arrays on huge pages where the system has them: the delay ring is hit at random places.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <new>

namespace procortex {

template <typename T>
class LargeArray {
 public:
  LargeArray() = default;
  explicit LargeArray(size_t count) : bytes_((count * sizeof(T) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT) {
    if (bytes_ == 0) return;
    void* place = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (place == MAP_FAILED) throw std::bad_alloc();
    data_ = static_cast<T*>(place);
#ifdef MADV_HUGEPAGE
    madvise(place, bytes_, MADV_HUGEPAGE);
#endif
  }
  ~LargeArray() {
    if (data_) munmap(data_, bytes_);
  }
  LargeArray(const LargeArray&) = delete;
  LargeArray& operator=(const LargeArray&) = delete;
  LargeArray(LargeArray&& other) noexcept : data_(other.data_), bytes_(other.bytes_) { other.data_ = nullptr; }

  T* data() { return data_; }
  T& operator[](size_t index) { return data_[index]; }
  const T& operator[](size_t index) const { return data_[index]; }

 private:
  static constexpr size_t ALIGNMENT = 1 << 21;
  T* data_ = nullptr;
  size_t bytes_ = 0;
};

}  // namespace procortex
