/* Registers of the driver under test go to the Verilated accelerator. */
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
uint32_t bus_read(uintptr_t address);
void bus_write(uintptr_t address, uint32_t value);
#ifdef __cplusplus
}
#endif
#define TINY_READ(address) bus_read(address)
#define TINY_WRITE(address, value) bus_write(address, value)
