// SPDX-License-Identifier: MIT
// What a step must know of a pack, as plain data: on what its policies look, and what they do.
#pragma once

#include "espalier/core/group.hpp"
#include "espalier/core/matrix.hpp"

namespace espalier::detail {

/// What is known of a pack before any of its functions is called.
struct PackTraits {
  Grain grain;             ///< what must be seen as a whole?
  Index block;             ///< of rows: how many weights are a vector; 0: all of one
  Index memories;          ///< how many policies keep a number of their own for each weight
  unsigned keeping;        ///< which policies those are: bit k is the k-th
  unsigned starting;       ///< and which make it of the weights that training starts from
  Index copies, room;      ///< copies of a group that `constrain` needs, and doubles for each weight of it
  bool smooth, decays;     ///< has it penalties of numbers with a gradient, has it decay?
  bool smooth_matrix;      ///< has it a penalty of the whole weight with a gradient?
  bool proximal, has_set;  ///< does something follow the step?
  bool only_norm;          ///< is a bound of norms all that does?
  bool flat;               ///< has a set no inside?
  bool corners;            ///< has a set of vectors corners, by itself or with bounds on elements?
  bool scales_rows;        ///< has W rows with a scale of their own (WeightNorm)?
  bool trains_gain;        ///< is this scale a parameter, the gain behind the weight?
  bool spectral;           ///< do only functions of the singular values follow the step?
  bool maps;               ///< is W a function of what is stored, number by number or as a whole?
  bool beside;             ///< which has numbers beside it, in the parameter behind the weight?

  constexpr bool constrains() const { return proximal || has_set; }
  constexpr bool of_vectors() const { return grain != Grain::element; }
  /// Must all of a parameter be there, before a policy can look at a group of it?
  constexpr bool needs_all() const { return grain == Grain::column || is_all(grain); }
};

template <class PackType>
inline constexpr PackTraits traits_of = {.grain = PackType::grain,
                                         .block = PackType::block,
                                         .memories = PackType::memories,
                                         .keeping = PackType::keeping,
                                         .starting = PackType::starting,
                                         .copies = PackType::copies,
                                         .room = PackType::room,
                                         .smooth = PackType::smooth,
                                         .decays = PackType::decays,
                                         .smooth_matrix = PackType::smooth_matrix,
                                         .proximal = PackType::has_prox,
                                         .has_set = PackType::has_set,
                                         .only_norm = PackType::only_norm,
                                         .flat = PackType::flat,
                                         .corners = PackType::corners && !PackType::has_prox,
                                         .scales_rows = PackType::scales_rows,
                                         .trains_gain = PackType::trains_gain,
                                         .spectral = PackType::spectral,
                                         .maps = PackType::reparametrizations > 0 && !PackType::scales_rows,
                                         .beside = PackType::has_beside};

}  // namespace espalier::detail
