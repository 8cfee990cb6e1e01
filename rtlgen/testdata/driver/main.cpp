// Runs the emitted driver against the Verilated accelerator: every access of
// the driver is an AXI4-Lite transfer, and the memory is an AXI4 slave without
// latency. Runs program.h, reads memory.bin; prints every access and every
// result, and leaves memory.out.

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "Vtop.h"
#include "program.h"
#include "verilated.h"

static const uint32_t kBase = 0x40000000;
static const uintptr_t kRegisters = 0x1000;
static const int kBeat = 8;

struct Burst {
  uint32_t address, beats;
};

static VerilatedContext context;
static Vtop* top;
static std::vector<uint8_t> memory;
static std::deque<Burst> reads, writes;
static int responses;

[[noreturn]] static void fail(const char* what) {
  std::printf("fail: %s\n", what);
  std::exit(1);
}

static uint8_t* at(uint32_t address) {
  if (address < kBase || address - kBase + kBeat > memory.size()) fail("address outside memory");
  return &memory[address - kBase];
}

// One cycle: inputs, outputs, what the edge hands over.
static void cycle() {
  top->aclk = 0;
  top->m_axi_arready = 1;
  top->m_axi_awready = 1;
  top->m_axi_wready = !writes.empty();
  top->m_axi_bvalid = responses > 0;
  top->m_axi_rvalid = !reads.empty();
  top->m_axi_rlast = !reads.empty() && reads.front().beats == 1;
  uint64_t data = 0;
  if (!reads.empty()) std::memcpy(&data, at(reads.front().address), kBeat);
  top->m_axi_rdata = data;
  top->eval();
  bool ar = top->m_axi_arvalid, aw = top->m_axi_awvalid;
  bool r = top->m_axi_rvalid && top->m_axi_rready, w = top->m_axi_wvalid && top->m_axi_wready;
  bool b = top->m_axi_bvalid && top->m_axi_bready;
  Burst read = {top->m_axi_araddr, top->m_axi_arlen + 1u}, write = {top->m_axi_awaddr, top->m_axi_awlen + 1u};
  if (r) {
    reads.front().address += kBeat;
    if (--reads.front().beats == 0) reads.pop_front();
  }
  if (w) {
    uint64_t word = top->m_axi_wdata;
    std::memcpy(at(writes.front().address), &word, kBeat);
    writes.front().address += kBeat;
    if ((--writes.front().beats == 0) != top->m_axi_wlast) fail("WLAST at the wrong beat");
    if (top->m_axi_wlast) {
      writes.pop_front();
      responses++;
    }
  }
  if (b) responses--;
  if (ar) reads.push_back(read);
  if (aw) writes.push_back(write);
  top->aclk = 1;
  top->eval();
}

extern "C" void bus_write(uintptr_t address, uint32_t value) {
  std::printf("write %02x %08x\n", (unsigned)(address - kRegisters), value);
  top->s_axi_awaddr = address - kRegisters;
  top->s_axi_wdata = value;
  top->s_axi_awvalid = top->s_axi_wvalid = 1;
  top->s_axi_bready = 1;
  for (int i = 0; i < 100; i++) {
    top->aclk = 0;
    top->eval();
    bool aw = top->s_axi_awvalid && top->s_axi_awready, w = top->s_axi_wvalid && top->s_axi_wready;
    bool b = top->s_axi_bvalid;
    if (b && top->s_axi_bresp != 0) fail("a write was refused");
    cycle();
    if (aw) top->s_axi_awvalid = 0;
    if (w) top->s_axi_wvalid = 0;
    if (b) return;
  }
  fail("no write response");
}

extern "C" uint32_t bus_read(uintptr_t address) {
  top->s_axi_araddr = address - kRegisters;
  top->s_axi_arvalid = 1;
  top->s_axi_rready = 1;
  for (int i = 0; i < 100; i++) {
    top->aclk = 0;
    top->eval();
    bool ar = top->s_axi_arvalid && top->s_axi_arready, r = top->s_axi_rvalid;
    uint32_t value = top->s_axi_rdata;
    if (r && top->s_axi_rresp != 0) fail("a read was refused");
    cycle();
    if (ar) top->s_axi_arvalid = 0;
    if (r) {
      std::printf("read %02x %08x\n", (unsigned)(address - kRegisters), value);
      return value;
    }
  }
  fail("no read data");
}

static std::vector<char> file(const char* name) {
  std::ifstream in(name, std::ios::binary);
  if (!in) fail(name);
  return std::vector<char>(std::istreambuf_iterator<char>(in), {});
}

static void expect(const char* what, int got, int want) {
  std::printf("%s: %d\n", what, got);
  if (got != want) fail(what);
}

int main() {
  top = new Vtop(&context);
  std::vector<char> image = file("memory.bin");
  memory.assign(image.begin(), image.end());
  for (int i = 0; i < 10; i++) {
    top->aresetn = i > 4;
    top->s_axi_wstrb = 15;
    cycle();
  }
  expect("probe", tiny_probe(kRegisters), TINY_OK);
  tiny_program_image unaligned = tiny_image;
  unaligned.base += 64;
  expect("program at an unaligned base", tiny_program(kRegisters, &unaligned), TINY_BAD_PROGRAM);
  tiny_enable_interrupt(kRegisters, 1);
  expect("program", tiny_program(kRegisters, &tiny_image), TINY_OK);
  expect("start", tiny_start(kRegisters), TINY_OK);
  std::printf("running\n");
  expect("start while busy", tiny_start(kRegisters), TINY_BUSY);
  expect("program while busy", tiny_program(kRegisters, &tiny_image), TINY_BUSY);
  expect("wait for one look", tiny_wait(kRegisters, 1), TINY_TIMEOUT);
  expect("wait", tiny_wait(kRegisters, 1000000), TINY_OK);
  expect("interrupt", top->irq, 1);
  for (uint32_t i = 0; i < TINY_COUNTERS; i++) std::printf("counter %u: %u\n", i, tiny_counter(kRegisters, i));
  tiny_clear(kRegisters);
  expect("interrupt after the clear", top->irq, 0);

  std::ofstream("memory.out", std::ios::binary).write((const char*)memory.data(), memory.size());
  std::printf("end\n");
  return 0;
}
