// SPDX-License-Identifier: MIT
// The convolutional layer. The patches of a few samples (length of a kernel x positions, by rows) are
// multiplied from the left by the kernels (out x length of a kernel): the product is channel-major as the
// outputs are, and nothing is transposed. The backward pass makes the patches again: they are kernel-height x
// kernel-width times the inputs, and to copy them takes less time than one product.
#pragma once

#include <concepts>

#include "espalier/core/check.hpp"
#include "espalier/kernel/convolution.hpp"
#include "espalier/layer/weight.hpp"

namespace espalier {

/// How the kernels of a convolution move over the image.
struct Conv2DOptions {
  Index stride = 1;   ///< pixels from place to place, down and across
  Index padding = 0;  ///< lines of zeros around the image

  bool operator==(const Conv2DOptions&) const = default;
};

/// `Conv2D(Image{28, 28, 1}, 32, Kernel{3, 3}, MaxNorm{2})` or, with options,
/// `Conv2D(Image{28, 28, 1}, 32, Kernel{3, 3}, {.stride = 2, .padding = 1}, MaxNorm{2})`: kernels laid on the
/// image without being turned over, as in PyTorch. Outputs are an image too, output_image(). A row of the
/// weight is a kernel, and what row policies bound: (channel, y, x), PyTorch's (out, in, height, width)
/// flattened. Parameters: weight, gain with WeightNorm, bias (one a kernel) unless NoBias{} is among the
/// policies.
template <class... Policies>
class Conv2D {
  using Roles = detail::LayerPolicies<Policies...>;

 public:
  static constexpr int input_extent = Dynamic, output_extent = Dynamic;
  static constexpr bool has_bias = Roles::has_bias;
  /// What follows in a chain acts on W x + b itself, as the parameters are told (ParameterEntry::slopes).
  static constexpr bool affine = true;

  /// Throws ShapeError for extents below 1 and for kernels larger than the padded image, ValueError for a
  /// stride below 1, a negative padding, and policies that make no sense.
  Conv2D(Image image, Index out_channels, Kernel kernel, const Policies&... policies)
      : Conv2D(image, out_channels, kernel, Conv2DOptions{}, policies...) {}
  // Inlined, it makes GCC 12 warn of empty packs that nobody initialized.
  EIGEN_DONT_INLINE Conv2D(Image image, Index out_channels, Kernel kernel, Conv2DOptions options,
                           const Policies&... policies)
      : patches_(checked(image, out_channels, kernel, options)),
        weight_(name(), patches_.length(), out_channels, policies...),
        bias_(Roles::bias(policies...)) {
    if constexpr (has_bias)
      bias_.pack.validate(name() + " bias", bias_.pack.group_size(weight_.outputs(), 1));
  }

  Index inputs() const { return patches_.image.size(); }
  Index outputs() const { return output_image().size(); }
  const detail::Patches& patches() const { return patches_; }
  Image input_image() const { return patches_.image; }
  Kernel kernel() const { return patches_.kernel; }
  Image output_image() const { return {patches_.height(), patches_.width(), weight_.outputs()}; }

  void declare(auto& d) const {
    weight_.declare(d);
    if constexpr (has_bias) d.bias("bias", weight_.outputs(), 1, bias_.pack);
  }

  /// As PyTorch has it.
  void in_files(auto& d) const {
    const Kernel& kernel = patches_.kernel;
    d.shape("weight", {weight_.outputs(), patches_.image.channels, kernel.height, kernel.width});
  }
  void describe(auto&& f) const {
    detail::describe_image(patches_.image, f);
    f("kernel_height", static_cast<double>(patches_.kernel.height));
    f("kernel_width", static_cast<double>(patches_.kernel.width));
    f("stride", static_cast<double>(patches_.stride)), f("padding", static_cast<double>(patches_.padding));
  }

  Index kept(Index) const { return weight_.kept(); }

  template <Scalar S>
  void forward(const Call<S>& call, const auto& x, auto&& y) const {
    weight_.prepare(call);
    convolution<S>().forward(x.cols(), weight_.factor(call), weight_.scales(call),
                             has_bias ? call.value(bias_at) : nullptr, x.data(), y.data());
  }

  template <Scalar S>
  void backward(const Call<S>& call, const auto& x, const auto&, auto&& dy, auto&& dx) const {
    const detail::Convolution<S> products = convolution<S>();
    if constexpr (has_bias) products.bias_gradient(x.cols(), dy.data(), call.gradient(bias_at));
    products.weight_gradient(x.cols(), dy.data(), x.data(), call.gradient(0));
    weight_.pull_back(call);
    if (dx.data())
      products.input_gradient(x.cols(), weight_.factor(call), weight_.scales(call), dy.data(), dx.data());
  }

  /// Fan-in: the weights of a kernel. Fan-out: the weights that a pixel inside meets, at stride 1.
  template <class Init, Scalar S>
  void initialize(const Init& init, const Call<S>& call, Rng& rng) const {
    const Index fan_in = weight_.inputs(), fan_out = fan_in / patches_.image.channels * weight_.outputs();
    weight_.initialize(init, call, fan_in, fan_out, rng);
    if constexpr (has_bias) weight_.initialize_bias(init, call, call.buffer(bias_at), fan_in, rng);
  }

  void write_code(auto& out) const {
    out.convolution(patches_.image, patches_.kernel, patches_.stride, patches_.padding,
                    has_bias ? "bias" : "");
  }

  bool operator==(const Conv2D&) const = default;

 private:
  using WeightType = Weight<Dynamic, Dynamic, Policies...>;
  static constexpr Index bias_at = WeightType::parameters;

  static detail::Patches checked(Image image, Index out_channels, Kernel kernel, Conv2DOptions options) {
    detail::check_image("Conv2D", image);
    if (out_channels < 1) detail::fail<ShapeError>("Conv2D", "at least 1 output channel", out_channels);
    if (options.stride < 1) detail::fail("Conv2D", "stride >= 1", options.stride);
    if (options.padding < 0) detail::fail("Conv2D", "padding >= 0", options.padding);
    detail::check_window("Conv2D", "kernel", kernel.height, kernel.width, image, options.padding);
    return {image, kernel, options.stride, options.padding};
  }

  /// The name of the layer in messages.
  std::string name() const {
    return detail::format_message("Conv2D({} x {} x {}, kernel {} x {})",
                                  {patches_.image.height, patches_.image.width, patches_.image.channels,
                                   patches_.kernel.height, patches_.kernel.width});
  }

  template <Scalar S>
  detail::Convolution<S> convolution() const {
    return {patches_, weight_.outputs()};
  }

  detail::Patches patches_;
  WeightType weight_;
  typename Roles::BiasPolicies bias_;
};

template <std::integral I, class... Ps>
Conv2D(Image, I, Kernel, const Ps&...) -> Conv2D<Ps...>;
template <std::integral I, class... Ps>
Conv2D(Image, I, Kernel, Conv2DOptions, const Ps&...) -> Conv2D<Ps...>;

}  // namespace espalier
