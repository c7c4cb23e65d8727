// SPDX-License-Identifier: MIT
// A pack that others share, without its type.
#pragma once

#include <memory>

namespace espalier::detail {

inline std::shared_ptr<void> share(void* pack, void (*destroy)(void*)) { return {pack, destroy}; }

/// With std::make_shared each pack would have some 60 functions of its own: every program would compile them
/// for each of its packs, and save an allocation for each.
template <class PackType>
std::shared_ptr<void> copy_pack(const void* pack) {
  return share(new PackType(*static_cast<const PackType*>(pack)),
               [](void* copy) { delete static_cast<PackType*>(copy); });
}

}  // namespace espalier::detail
