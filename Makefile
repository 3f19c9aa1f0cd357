# For habit's sake: everything here is a plain go command.

build:
	go build ./...

test:
	go test ./...

check:
	gofmt -l .
	go vet ./...
	go tool -modfile=.ci/tools/go.mod staticcheck ./...

# The figures of the README, as ratios measured in one run.
bench:
	go test -run '^$$' -bench . -benchtime 1x -timeout 30m ./cmd/guildpost ./digest ./calendar/...

demo:
	go run ./cmd/guildpost demo

.PHONY: build test check bench demo
