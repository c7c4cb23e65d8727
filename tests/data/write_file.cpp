// SPDX-License-Identifier: MIT
#include "espalier/data/write_file.hpp"

#include "espalier/data/file.hpp"
#include "espalier/data/npz.hpp"
#include "limits.hpp"

using namespace espalier;
namespace fs = std::filesystem;

namespace {

long entries(const TemporaryDirectory& directory) {
  const fs::directory_iterator all(directory / "");
  return std::distance(begin(all), end(all));
}

}  // namespace

TEST_CASE("pieces are written one after another, into a new file and over an old one") {
  const TemporaryDirectory directory;
  const std::string large(1 << 20, 'x');
  const std::string_view pieces[] = {"a", "", std::string_view("\0\n", 2), large};
  detail::write_file(directory / "new", pieces);
  CHECK(detail::read_file(directory / "new") == "a" + std::string("\0\n", 2) + large);
  detail::write_file(directory / "new", "short");
  CHECK(detail::read_file(directory / "new") == "short");
  CHECK(entries(directory) == 1);
  detail::write_file(directory / std::string(255, 'n'), "a long name");
  CHECK(detail::read_file(directory / std::string(255, 'n')) == "a long name");
}

TEST_CASE("a file with a relative path is written beside it") {
  const TemporaryDirectory directory;
  const fs::path before = fs::current_path();
  fs::current_path(directory / "");
  detail::write_file("relative", "here");
  fs::current_path(before);
  CHECK(detail::read_file(directory / "relative") == "here");
}

TEST_CASE("a disk that is full leaves the old file as it was and nothing else") {
  const TemporaryDirectory directory;
  const auto path = directory.write("weights", "old");
  const std::string much(100000, 'x');
  std::string message, message_of_new;
  {
    const LargestFile full(5000);
    message = message_of([&] { detail::write_file(path, much); });
    message_of_new = message_of([&] { detail::write_file(directory / "other", much); });
  }
  CHECK(message == path.string() + ": expected a file that can be written, found File too large");
  CHECK(message_of_new ==
        (directory / "other").string() + ": expected a file that can be written, found File too large");
  CHECK(detail::read_file(path) == "old");
  CHECK(entries(directory) == 1);
}

TEST_CASE("an array that does not fit on the disk leaves the old one, and the message says why") {
  const TemporaryDirectory directory;
  const Matrix<float> small = Matrix<float>::Ones(2, 3), large = Matrix<float>::Ones(100, 100);
  write_npy(directory / "a.npy", small);
  write_npz(directory / "a.npz", {{"x", small}});
  {
    const LargestFile limit(4096);
    CHECK(message_of([&] { write_npy(directory / "a.npy", large); }).ends_with("found File too large"));
    CHECK_THROWS_AS(write_npz(directory / "a.npz", {{"x", large}}), FileError);
  }
  CHECK(read_npy(directory / "a.npy") == small);
  CHECK(Npz(directory / "a.npz").read("x") == small);
  CHECK(entries(directory) == 2);
}

TEST_CASE("a device is written to, and its errors are told") {
  if (!fs::exists("/dev/full")) return;
  CHECK(message_of([&] { detail::write_file("/dev/full", "x"); }) ==
        "/dev/full: expected a file that can be written, found No space left on device");
  CHECK(fs::is_character_file("/dev/full"));
  CHECK_NOTHROW(detail::write_file("/dev/null", "x"));
  CHECK(fs::is_character_file("/dev/null"));
}

TEST_CASE("folders, and paths that lead nowhere, are refused") {
  const TemporaryDirectory directory;
  CHECK(message_of([&] {
          detail::write_file(directory / "", "x");
        }).ends_with("expected a file, found a directory"));
  CHECK_THROWS_AS(detail::write_file("", "x"), FileError);
  CHECK(message_of([&] {
          detail::write_file(directory / "none/file", "x");
        }).ends_with("none/file: expected a file that can be written, found No such file or directory"));
  CHECK_THROWS_AS(detail::write_file(directory.write("file", "") / "inside", "x"), FileError);
}

TEST_CASE("a file that nobody may write to stays as it is") {
  const TemporaryDirectory directory;
  const auto path = directory.write("kept", "old");
  fs::permissions(path, fs::perms::owner_read);
  fs::create_directory(directory / "closed");
  fs::permissions(directory / "closed", fs::perms::owner_read | fs::perms::owner_exec);
  {
    const NotRoot user;
    CHECK_THROWS_AS(detail::write_file(path, "new"), FileError);
    CHECK_THROWS_AS(detail::write_file(directory / "closed/new", "new"), FileError);
  }
  CHECK(detail::read_file(path) == "old");
  CHECK(fs::is_empty(directory / "closed"));
}

TEST_CASE("a link to what is not there yet stays a link, and links in a circle are refused") {
  const TemporaryDirectory directory;
  fs::create_directory(directory / "disk");
  fs::create_symlink("disk/next", directory / "link");
  fs::create_symlink(fs::absolute(directory / "disk/file"), directory / "disk/next");
  detail::write_file(directory / "link", "here");
  CHECK(fs::is_symlink(directory / "link"));
  CHECK(fs::is_symlink(directory / "disk/next"));
  CHECK(detail::read_file(directory / "disk/file") == "here");
  fs::create_symlink("b", directory / "a");
  fs::create_symlink("a", directory / "b");
  CHECK_THROWS_AS(detail::write_file(directory / "a", "x"), FileError);
  CHECK(fs::is_symlink(directory / "a"));
}

TEST_CASE("permissions and links of the old file are kept") {
  const TemporaryDirectory directory;
  const auto path = directory.write("target", "old");
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
  fs::create_symlink("target", directory / "link");
  detail::write_file(directory / "link", "new");
  CHECK(fs::is_symlink(directory / "link"));
  CHECK(detail::read_file(path) == "new");
  CHECK(fs::status(path).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
}
