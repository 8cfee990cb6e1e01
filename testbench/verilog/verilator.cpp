// SPDX-License-Identifier: Apache-2.0
//
// The clock of the testbench for Verilator. Plusargs are those of the harness,
// and +x=N, which fills whatever is not reset with noise of seed N. Built with --coverage it
// writes what was covered to +coverage=FILE.

#include <cstdlib>
#include <cstring>

#include "Vtb.h"
#include "verilated.h"
#if VM_COVERAGE
#include "verilated_cov.h"
#endif

int main(int argc, char** argv) {
  VerilatedContext context;
  context.commandArgs(argc, argv);
  const char* noise = context.commandArgsPlusMatch("x=");
  if (noise[0]) {
    context.randReset(2);
    context.randSeed(std::atoi(noise + std::strlen("+x=")));
  }
  Vtb tb(&context);
  while (!context.gotFinish()) {
    tb.clk = 1;
    tb.eval();
    tb.clk = 0;
    tb.eval();
  }
  tb.final();
#if VM_COVERAGE
  const char* coverage = context.commandArgsPlusMatch("coverage=");
  context.coveragep()->write(coverage[0] ? coverage + std::strlen("+coverage=") : "coverage.dat");
#endif
  return 0;
}
