#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reading tables beside pandas' C engine, and arrays beside numpy.load: python3 benchmarks/tables/compare.py [rounds]

Needs pandas (Debian: python3-pandas) and a compiler ($CXX, or g++). The readers take turns, one read each a round; a ratio
is the median of the ratios of the rounds. Seconds are those of the processor, user and system; those of the clock stand
beside them. The table has 100 000 rows of 30 columns, numbers as Python prints them (the shortest digits that give the
double back), the array the same doubles.
"""
import os
import statistics
import subprocess
import sys
import tempfile
import time

import numpy
import pandas

here = os.path.dirname(os.path.abspath(__file__))


def compiled(folder):
    program = os.path.join(folder, "read")
    includes = ["-I" + os.path.join(here, "../../include"), "-isystem", "/usr/include/eigen3"]
    options = ["-std=c++20", "-O3", "-DNDEBUG", "-march=native"]
    source = os.path.join(here, "read.cpp")
    subprocess.run([os.environ.get("CXX", "g++"), *options, *includes, source, "-o", program, "-lfmt"], check=True)
    return program


def timed(read):
    processor, clock = time.process_time(), time.perf_counter()
    read()
    return time.perf_counter() - clock, time.process_time() - processor


def peer_peak(expression, path):
    """How much a process of Python grows at its peak."""
    code = (
        "import sys, numpy, pandas\n"
        "peak = lambda: int(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])\n"
        f"before = peak(); data = {expression}; print(1024 * (peak() - before))"
    )
    return int(subprocess.run([sys.executable, "-c", code, path], check=True, capture_output=True, text=True).stdout)


def compare(title, program, path, types, peers, rounds):
    ours = {name: [] for name in types}
    theirs = {name: [] for name in peers}
    memory = {}
    for read in peers.values():
        eval(read)(path)  # to warm up
    for _ in range(rounds):
        for name, all_times in ours.items():
            # The last of three: until then malloc gets its memory from the system, which the process of the peer has done.
            output = subprocess.run([program, path, name, "3"], check=True, capture_output=True, text=True).stdout
            lines = [line.split() for line in output.splitlines()]
            all_times.append((float(lines[2][0]), float(lines[2][1])))
            memory[name] = int(lines[3][0]) / int(lines[3][1])
        for name, read in peers.items():
            theirs[name].append(timed(lambda: eval(read)(path)))
    print(f"\n{title}, {os.path.getsize(path) / 1e6:.0f} MB, {rounds} rounds")
    median = lambda pairs, k: statistics.median(pair[k] for pair in pairs)
    for name, pairs in theirs.items():
        print(f"  {name}: {median(pairs, 1):.3f} s processor, {median(pairs, 0):.3f} s clock")
    for name, pairs in ours.items():
        print(f"  espalier, {name}: {median(pairs, 1):.3f} s processor, {median(pairs, 0):.3f} s clock, "
              f"peak {memory[name]:.2f} of the data")
        for peer, others in theirs.items():
            ratio = [statistics.median(a[k] / b[k] for a, b in zip(pairs, others)) for k in (1, 0)]
            print(f"    of {peer}: {ratio[0]:.2f} processor, {ratio[1]:.2f} clock")


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    with tempfile.TemporaryDirectory() as folder:
        program = compiled(folder)
        data = numpy.random.default_rng(1).normal(size=(100_000, 30))
        table, array = os.path.join(folder, "a.csv"), os.path.join(folder, "a.npy")
        pandas.DataFrame(data, columns=[f"c{k}" for k in range(30)]).to_csv(table, index=False)
        same = numpy.array_equal(pandas.read_csv(table, float_precision="round_trip").to_numpy(), data)
        print(f"pandas {pandas.__version__}, numpy {numpy.__version__}; round_trip gives the doubles back: {same}")
        readers = {
            "pandas": 'lambda path: pandas.read_csv(path, engine="c")',
            "pandas, round_trip": 'lambda path: pandas.read_csv(path, engine="c", float_precision="round_trip")',
        }
        compare("CSV", program, table, ["float", "double"], readers, rounds)
        peak = peer_peak('pandas.read_csv(sys.argv[1], engine="c")', table)
        print(f"  pandas: peak {peak / data.nbytes:.2f} of the data")
        for name in "float", "double":
            numpy.save(array, data.astype(numpy.float32 if name == "float" else numpy.float64))
            compare(f"NPY, {name}", program, array, [name], {"numpy.load": "numpy.load"}, rounds)


main()
