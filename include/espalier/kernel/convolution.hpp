// SPDX-License-Identifier: MIT
// The three products of a convolution: weights (out x length of a kernel, by rows) with the matrix of
// patches, made in pieces that stay in the cache. The number of threads changes no bit.
#pragma once

#include <algorithm>

#include "espalier/core/aligned.hpp"
#include "espalier/core/threads.hpp"
#include "espalier/kernel/patches.hpp"
#include "espalier/kernel/product.hpp"

namespace espalier::detail {

/// The matrix of patches is made in pieces of about so many columns and at most so many rows, 640 kB of
/// floats. Fewer would copy the weights and the outputs too often, more would leave the second-level cache.
inline constexpr Index columns_of_piece = 640, rows_of_piece = 256;

/// Columns of a piece are a few whole samples, or some lines of one. `scales`, if any, are factors of the
/// rows of the weight.
template <Scalar S>
class Convolution {
 public:
  Convolution(const Patches& patches, Index out)
      : patches_(patches), out_(out), length_(patches.length()), across_(patches.width()) {
    const Index down = patches.height(), positions = down * across_;
    samples_ = std::max(Index{1}, columns_of_piece / positions);
    lines_ =
        samples_ > 1
            ? samples_ * down
            : ceil_divide(down, std::max(Index{1}, (positions + columns_of_piece / 2) / columns_of_piece));
    rows_ = ceil_divide(length_, ceil_divide(length_, rows_of_piece));
    pitch_ = padded<S>(lines_ * across_);
  }

  /// y = scale W patches(x) + bias
  void forward(Index n, const S* weight, const S* scales, const S* bias, const S* x, S* y) const {
    const auto product = [&](Index rows) { return TileProduct<Layout::rows, S>(out_, pitch_, rows); };
    share_samples(n, room_of(product), [&](Index begin, Index end, S* patches, S* outputs, S* memory) {
      each_piece_of(begin, end, [&](Lines lines) {
        each_block_of_rows(0, length_, [&](Index row, Index rows) {
          patches_.copy(row, rows, lines, x, patches, pitch_);
          product(rows)(out_, columns(lines), {weight + row, length_, 1}, patches, outputs, pitch_, memory,
                        row > 0);
        });
        hand_out(lines, outputs, scales, bias, y);
      });
    });
  }

  /// dx = W^T scale dy, added up at the pixels
  void input_gradient(Index n, const S* weight, const S* scales, const S* dy, S* dx) const {
    const auto product = [&](Index rows) { return TileProduct<Layout::columns, S>(rows, pitch_, out_); };
    const Index size = patches_.image.size();
    share_samples(n, room_of(product), [&](Index begin, Index end, S* patches, S* given, S* memory) {
      for (Index first = begin; first < end; first += samples_) {
        const Index last = std::min(first + samples_, end);
        std::fill(dx + first * size, dx + last * size, S(0));
        each_piece_of(first, last, [&](Lines lines) {
          gather(lines, 0, out_, dy, scales, given);
          each_block_of_rows(0, length_, [&](Index row, Index rows) {
            product(rows)(rows, columns(lines), {weight + row, 1, length_}, given, patches, pitch_, memory);
            patches_.add_back(row, rows, lines, patches, pitch_, dx);
          });
        });
      }
    });
  }

  /// dW = dy patches(x)^T. Threads share the weights of each kernel or, if these are fewer, the kernels:
  /// every number is a sum over all samples, in order.
  void weight_gradient(Index n, const S* dy, const S* x, S* gradient) const {
    if (n == 0) return void(std::fill_n(gradient, out_ * length_, S(0)));
    const bool by_weight = length_ >= out_;
    const Index all = by_weight ? length_ : out_, unit = by_weight ? Index{dot_rows} : Index{dot_cols};
    const Index parts = std::min(parts_of_work(n), ceil_divide(all, unit));
    const RowProduct<S> product(pitch_, out_);
    const Index room = (rows_ + out_) * pitch_ + product.room();
    S* const shared = scratch<S>(parts * room);
    parallel_for_ranges(all, unit, parts, [&](Index part, Index begin, Index end) {
      const Index channel = by_weight ? 0 : begin, channels = by_weight ? out_ : end - begin;
      S *const patches = shared + part * room, *const given = patches + rows_ * pitch_;
      bool add = false;
      each_piece_of(0, n, [&](Lines lines) {
        gather(lines, channel, channels, dy, nullptr, given);
        each_block_of_rows(by_weight ? begin : 0, by_weight ? end : length_, [&](Index row, Index rows) {
          patches_.copy(row, rows, lines, x, patches, pitch_);
          product(rows, channels, patches, given, gradient + channel * length_ + row, length_, add,
                  given + out_ * pitch_);
        });
        add = true;
      });
    });
  }

  /// db = the sum of dy
  void bias_gradient(Index n, const S* dy, S* gradient) const {
    const Index positions = patches_.positions();
    const Index parts = std::min(out_, parts_of(n * out_ * positions, Index{65536}));
    parallel_for_ranges(out_, 1, parts, [&](Index, Index begin, Index end) {
      for (Index channel = begin; channel < end; ++channel) {
        S sum = 0;
        for (Index i = 0; i < n; ++i)
          sum += ConstArrayMap<S>(dy + (i * out_ + channel) * positions, positions).sum();
        gradient[channel] = sum;
      }
    });
  }

 private:
  Index columns(Lines lines) const { return (lines.end - lines.begin) * across_; }

  Index parts_of_work(Index n) const { return parts_of_product(out_, n * patches_.positions(), length_); }

  /// f(begin, end, patches, numbers of the outputs, `room` more numbers) for parts of the samples.
  template <class F>
  void share_samples(Index n, Index room, F&& f) const {
    const Index parts = std::clamp(ceil_divide(n, samples_), Index{1}, parts_of_work(n));
    const Index all = (rows_ + out_) * pitch_ + room;
    S* const memory = scratch<S>(parts * all);
    parallel_for_ranges(n, samples_, parts, [&](Index part, Index begin, Index end) {
      S *const patches = memory + part * all, *const outputs = patches + rows_ * pitch_;
      f(begin, end, patches, outputs, outputs + out_ * pitch_);
    });
  }

  /// The room that the product of a block needs, a whole one or the last.
  template <class F>
  Index room_of(F&& product) const {
    return std::max(product(rows_).room(), product(length_ - (length_ - 1) / rows_ * rows_).room());
  }

  /// f(first, count) for blocks of rows of the matrix.
  template <class F>
  void each_block_of_rows(Index begin, Index end, F&& f) const {
    for (Index row = begin; row < end; row += rows_) f(row, std::min(rows_, end - row));
  }

  template <class F>
  void each_piece_of(Index begin, Index end, F&& f) const {
    const Index down = patches_.height();
    for (Index first = begin; first < end; first += samples_) {
      const Index last = std::min(first + samples_, end) * down;
      for (Index line = first * down; line < last; line += lines_)
        f(Lines{line, std::min(line + lines_, last)});
    }
  }

  /// f(channel from the first, column in the piece, index in the outputs of the batch, how many) for what
  /// stands side by side in both.
  template <class F>
  void each_block(Lines lines, Index first, Index channels, F&& f) const {
    const Index down = patches_.height();
    for (Index channel = 0; channel < channels; ++channel)
      for (Index line = lines.begin, next; line < lines.end; line = next) {
        const Index sample = line / down;
        next = std::min(lines.end, (sample + 1) * down);
        f(channel, (line - lines.begin) * across_,
          ((sample * out_ + first + channel) * down + line - sample * down) * across_,
          (next - line) * across_);
      }
  }

  /// y = scale outputs + bias, for a piece
  void hand_out(Lines lines, const S* outputs, const S* scales, const S* bias, S* y) const {
    each_block(lines, 0, out_, [&](Index channel, Index column, Index at, Index count) {
      ArrayMap<S> to(y + at, count);
      const ConstArrayMap<S> from(outputs + channel * pitch_ + column, count);
      const S shift = bias ? bias[channel] : S(0);
      if (scales)
        to = scales[channel] * from + shift;
      else
        to = from + shift;
    });
  }

  /// Copies some channels of dy to rows of one piece, filled up with zeros.
  void gather(Lines lines, Index first, Index channels, const S* dy, const S* scales, S* to) const {
    each_block(lines, first, channels, [&](Index channel, Index column, Index at, Index count) {
      ArrayMap<S> place(to + channel * pitch_ + column, count);
      const ConstArrayMap<S> from(dy + at, count);
      if (scales)
        place = scales[first + channel] * from;
      else
        place = from;
    });
    if (const Index filled = columns(lines); filled < pitch_)
      for (Index channel = 0; channel < channels; ++channel)
        std::fill(to + channel * pitch_ + filled, to + (channel + 1) * pitch_, S(0));
  }

  Patches patches_;
  Index out_, length_, across_;
  Index samples_, lines_, rows_;  // of a piece, at most
  Index pitch_;                   // of its rows
};

}  // namespace espalier::detail
