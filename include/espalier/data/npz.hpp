// SPDX-License-Identifier: MIT
// NumPy's .npz files: several arrays by name, from numpy.savez or numpy.savez_compressed. Compressed ones
// need espalier/data/gzip.hpp too.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "espalier/data/npy.hpp"
#include "espalier/data/zip.hpp"
#include "espalier/data/zip_writer.hpp"

namespace espalier {

/// The arrays of an .npz file, each read when it is asked for: `Npz file("mnist.npz"); file.read("x_train")`.
/// They are read as `read_npy` does it, with the same rules and errors.
class Npz {
 public:
  /// FileError if it cannot be read, or is no ZIP archive.
  explicit Npz(const std::filesystem::path& path) : Npz(detail::ByteSource(path)) {}
  explicit Npz(detail::ByteSource source)
      : source_(std::move(source)), members_(detail::read_zip_directory(source_)) {}

  /// The names of the arrays, in the order of the file.
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const detail::ZipMember& member : members_)
      if (std::string_view(member.name).ends_with(suffix))
        names.push_back(member.name.substr(0, member.name.size() - suffix.size()));
    return names;
  }

  /// An array `(samples, ...)` as features x samples.
  template <Scalar S = float>
  Matrix<S> read(std::string_view name) {
    return with(name, [](detail::ByteSource& source, const detail::NpyArray& array) {
      return detail::read_npy_values<S>(source, array);
    });
  }
  /// One label a sample, whole numbers from 0 on.
  std::vector<int> labels(std::string_view name) {
    return with(name, [](detail::ByteSource& source, const detail::NpyArray& array) {
      return detail::read_npy_labels(source, array);
    });
  }
  /// The extents as NumPy says them, samples first.
  std::vector<Index> shape(std::string_view name) {
    return with(name, [](detail::ByteSource&, const detail::NpyArray& array) {
      return std::vector<Index>(array.shape.begin(), array.shape.end());
    });
  }

 private:
  static constexpr std::string_view suffix = ".npy";

  /// The last of the name, as Python takes it. FileError, with all names, if there is none.
  const detail::ZipMember& member(std::string_view name) const {
    for (auto member = members_.rbegin(); member != members_.rend(); ++member)
      if (member->name == std::string(name).append(suffix)) return *member;
    constexpr std::size_t most = 20;  // names in the message
    std::string found;
    const std::vector<std::string> all = names();
    for (std::size_t k = 0; k < std::min(most, all.size()); ++k)
      found += (k > 0 ? ", " : "") + detail::quoted_text(all[k]);
    if (all.size() > most) found += detail::format_message(" and {} more", {all.size() - most});
    detail::fail<FileError>(source_.where(), {"an array {}", {detail::quoted_text(name)}},
                            all.empty() ? "no arrays" : found);
  }

  /// Calls `use` with a source that stands before the numbers of the array.
  template <class Use>
  std::invoke_result_t<Use, detail::ByteSource&, const detail::NpyArray&> with(std::string_view name,
                                                                               Use use) {
    const detail::ZipMember& entry = member(name);
    const std::string where = detail::format_message("{}, {}", {source_.where(), detail::quoted_text(name)});
    detail::check_zip_member(entry, where);
    if (entry.method == detail::ZipMember::deflated) {
      detail::ByteSource unpacked(detail::inflated(source_, entry, where), where);
      return use(unpacked, detail::open_npy(unpacked));
    }
    detail::open_stored(source_, entry, where);
    return use(source_, detail::open_npy(source_, entry.size, where));
  }

  detail::ByteSource source_;
  std::vector<detail::ZipMember> members_;
};

/// An array and its name in the file.
struct NamedArray {
  std::string_view name;
  ArrayView array;
};

/// Writes matrices and labels for numpy.load, not compressed: `write_npz("data.npz", {{"x", data.inputs},
/// {"y", data.labels}})`. ShapeError for an array without numbers, ValueError for a name that comes twice or
/// is longer than 65531 bytes, and for 4 GiB and more; FileError if the file cannot be
/// written: then an old one is as it was.
inline void write_npz(const std::filesystem::path& path, std::initializer_list<NamedArray> arrays) {
  const std::string where = path.string();
  detail::ZipWriter zip(where);
  for (const NamedArray& named : arrays)
    zip.add(std::string(named.name) + ".npy", detail::npy_header(named.array, where),
            {named.array.data, named.array.bytes()});
  detail::write_file(path, zip.pieces());
}

}  // namespace espalier
