// SPDX-License-Identifier: MIT
// The policies of single parameters of a model: read, changed and replaced while a program runs.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "espalier/layer/policies.hpp"
#include "espalier/model/change.hpp"
#include "espalier/model/parameters.hpp"
#include "espalier/model/settle.hpp"

namespace espalier {

/// The policy of type P on the parameter with this path: `policy<L1>(net, "0.weight").strength`. ValueError
/// if there is none.
template <class P, class M>
const P& policy(const M& model, std::string_view path) {
  const auto& e = model.parameters().at(path);
  if (const P* found = e.pack.template find<P>()) return *found;
  std::string names;
  for (const std::string_view name : e.pack.names()) (names += names.empty() ? "" : ", ") += name;
  detail::fail(path, detail::format_message("the policy {}", {policy_name<P>()}),
               names.empty() ? "none" : names);
}

namespace detail {

/// Puts another pack on a parameter and on those tied to it, and moves the numbers into its sets. Throws, and
/// changes nothing, for a pack that makes no sense there, or that leaves frozen numbers outside.
template <Scalar S>
void replace_pack(Parameters<S>& parameters, ParameterEntry<S>& e, const AnyPack<S>& pack, Remember when) {
  if (e.tied >= 0)
    fail(e.path,
         format_message("the path that it is tied to, {}",
                        {parameters.entries()[static_cast<std::size_t>(e.tied)].path}),
         "a tied one");
  pack.validate(e.path, e.rows, e.cols);
  Settled settled(Block<const S>(parameters.values_of(e)), e.memory);
  settled.settle(e.path, pack, when);
  if (e.frozen && !settled.equals(parameters.values_of(e)))
    fail(e.path, "frozen numbers inside the sets of the policies", "numbers outside: unfreeze them first");
  const Index place = &e - parameters.entries().data();
  for (ParameterEntry<S>& other : Change<S>(parameters).entries()) {
    if (&other != &e && other.tied != place) continue;
    if (other.activity.size() != pack.names().size() ||
        !std::equal(pack.names().begin(), pack.names().end(), other.pack.names().begin()))
      other.activity.assign(pack.names().size(), {});
    other.pack = pack;
    other.edited = other.edited || other.lent;
  }
  settled.write(parameters, e);
}

}  // namespace detail

/// Changes the policy of type P on the parameter with this path, for a warm-up or an annealed radius:
/// `edit_policy<MaxNorm>(net, "0.weight", [](MaxNorm& p) { p.radius = 2; })`; then moves the weights into its
/// set. Throws, and changes nothing, for values that make no sense. A policy that came from an optimizer
/// stays as it is edited until another optimizer, or this one after reset(), puts its own there.
template <class P, class M, class F>
void edit_policy(M& model, std::string_view path, F&& f) {
  policy<P>(model, path);
  auto& e = detail::Change(model.parameters()).at(path);
  detail::replace_pack(model.parameters(), e, e.pack.template edited<P>(f), detail::Remember::edited);
}

/// Replaces all policies of the parameter with this path: kinds of policies can be chosen while a program
/// runs, and the type of the model does not know them. `set_policies(net, "0.weight", L1{1e-4}, MaxNorm{2})`;
/// without any the parameter is free. Or a pack as a value, from a table of those to compare:
///
///   const std::map<std::string, AnyPack<float>> kinds{{"L1", AnyPack<float>(Pack(L1{1e-4}))}, ...};
///
/// `initialize` then starts from what these sets name (layer/from_sets.hpp). Throws, and changes nothing, for
/// policies that make no sense there, and where W is reparametrized: that is a matter of the layer's type.
template <class M>
void set_policies(M& model, std::string_view path, const AnyPack<typename M::scalar_type>& pack) {
  auto& e = detail::Change(model.parameters()).at(path);
  const auto computed = [](const auto& any) { return any.traits().scales_rows || any.traits().maps; };
  if (computed(pack) || computed(e.pack))
    detail::fail(path,
                 "a reparametrization among the policies of its layer only, Dense(in, out, WeightNorm{})",
                 computed(pack) ? pack.names().front() : e.pack.names().front());
  if (e.kind == ParameterKind::buffer)
    detail::fail(path, "a parameter that is trained", "a buffer, which its layer writes");
  if (pack.traits().grain == Grain::row && e.kind != ParameterKind::weight)
    detail::fail(path, "policies of all of a vector: write Whole{...} around those that look at rows",
                 pack.names().front());
  detail::replace_pack(model.parameters(), e, pack, detail::Remember::started);
  if (!pack.empty()) e.lent = false;
}
template <class M, class... Ps>
requires(true && ... && Policy<detail::Ungrouped<Ps>>) void set_policies(M& model, std::string_view path,
                                                                         const Ps&... policies) {
  using S = typename M::scalar_type;
  const bool weight = model.parameters().at(path).kind == ParameterKind::weight;
  set_policies(model, path,
               weight ? AnyPack<S>(Pack(policies...)) : AnyPack<S>(Pack(detail::as_on_vector(policies)...)));
}

}  // namespace espalier
