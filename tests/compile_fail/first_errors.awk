# awk -v notes_after=<0 or 1> -v folder=<folder> -f first_errors.awk <a compiler's output>: the first error of each source goes to
# <folder>/<the source's name>.txt. An error in a header is that of the source that uses it: GCC names that before the error, and
# once for several errors; clang names it in the notes that follow (notes_after).
function source_in(line) {
  return match(line, /[^ \/:]*\.cpp:[0-9]/) ? substr(line, RSTART, RLENGTH - 2) : ""
}

function record(source) {
  if (source != "" && error != "" && !seen[source]++) {
    print error > (folder "/" source ".txt")
  }
  error = ""
}

/: (fatal )?error: / {
  error = $0
  here = source_in(substr($0, 1, index($0, "error: ")))
  if (here != "" || !notes_after) {
    record(here != "" ? here : user)
  }
}
/^[^ ]/ && !/ (note|warning): / && source_in($0) != "" { user = source_in($0) }
notes_after && / note: / && source_in($0) != "" { record(source_in($0)) }
