# make demo   train, quantise, simulate, generate and verify a small network, all on this machine
# make test   formatting, vet and every test
# make regress  what make test has a share of: every random case, every whole network
# make mutants  faults that Yosys plants in the netlist, against the testbench
# make coverage  lines, branches and toggles that drawn networks meet, by module
# make bench-train  training speed against PyTorch, in turn, 4 minutes (needs python3-torch and libopenblas0-pthread)
# make build  the lowres binary, in build/
# make qor    LUTs of the Verilog by Yosys and clock rates on iCE40, into docs/qor.md: the core is placed three times, half an hour and more
# make estimate  what blocks and designs take by Yosys: fits and checks lowres estimate, 20 minutes of processor time
# make setup  install the tools that are missing (Debian, Ubuntu)

.PHONY: build demo test regress mutants coverage bench-train qor estimate setup clean

build:
	@mkdir -p build
	go build -buildvcs=false -o build/lowres ./cmd/lowres

demo: setup build
	@scripts/demo

test: setup
	@scripts/test

regress: setup build
	@scripts/regress

mutants: setup
	LOWRES_MUTANTS=all go test -count=1 -v -timeout 2h -run MutantsAreCaught ./verify/mutants

coverage: setup
	LOWRES_COVERAGE=1 go test -count=1 -v -timeout 2h -run EveryLineIsMet ./verify/coverage

bench-train: build
	build/lowres bench train --against bench/pytorch/peer.py

qor: setup
	@go run ./scripts/qor

estimate: setup
	go run ./scripts/estimate fit
	go run ./scripts/estimate check

setup:
	@scripts/setup

clean:
	rm -rf build
