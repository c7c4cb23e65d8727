// SPDX-License-Identifier: MIT
#include "espalier/core/image.hpp"

#include "../support.hpp"

using namespace espalier;

TEST_CASE("An image has a number for each pixel of each channel, of one unless told") {
  CHECK(Image{28, 14}.size() == 28 * 14);
  CHECK(Image{28, 14, 3}.size() == 3 * 28 * 14);
  CHECK(Image{28, 14} == Image{28, 14, 1});
  CHECK(Image{28, 14} != Image{14, 28});
}

TEST_CASE("A window has as many places as it finds when it is moved until it hangs over the edge") {
  for (Index extent = 1; extent < 9; ++extent)
    for (Index padding = 0; padding < 3; ++padding)
      for (Index window = 1; window <= extent + 2 * padding; ++window)
        for (Index stride = 1; stride < 5; ++stride) {
          Index places = 0;
          for (Index at = -padding; at + window <= extent + padding; at += stride) ++places;
          CHECK(detail::places_of_window(extent, window, stride, padding) == places);
        }
}

TEST_CASE("Images without pixels and windows without a place are refused") {
  CHECK(message_of([] {
          detail::check_image("here", {28, 0, 1});
        }) ==
        "here: expected an image of at least 1 x 1 pixels and 1 channel, found 28 x 0 pixels and 1 channels");
  CHECK_THROWS_AS(detail::check_image("here", {28, 28, 0}), ShapeError);
  CHECK(
      message_of([] {
        detail::check_window("here", "kernel", 5, 6, {3, 3, 1}, 1);
      }) ==
      "here: expected a kernel of at least 1 x 1 and at most 5 x 5, the image with its padding, found 5 x 6");
  CHECK_THROWS_AS(detail::check_window("here", "kernel", 0, 1, {3, 3, 1}, 1), ShapeError);
  CHECK_NOTHROW(detail::check_window("here", "kernel", 5, 5, {3, 3, 1}, 1));
}
