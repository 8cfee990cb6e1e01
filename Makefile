# make demo   train, quantise, simulate, generate and verify a small network, all on this machine
# make test   formatting, vet and every test
# make build  the lowres binary, in build/
# make setup  install the tools that are missing (Debian, Ubuntu)

.PHONY: build demo test setup clean

build:
	@mkdir -p build
	go build -buildvcs=false -o build/lowres ./cmd/lowres

demo: setup build
	@scripts/demo

test: setup
	@scripts/test

setup:
	@scripts/setup

clean:
	rm -rf build
