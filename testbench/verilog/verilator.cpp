// SPDX-License-Identifier: Apache-2.0
//
// The clock of the testbench for Verilator. Plusargs are those of the harness,
// and +x=N, which fills whatever is not reset with noise of seed N.

#include <cstdlib>
#include <cstring>

#include "Vtb.h"
#include "verilated.h"

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
  return 0;
}
