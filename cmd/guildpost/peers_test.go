package main

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// needPeer skips a test whose peer is not on this machine; where GUILDPOST_TEST_REQUIRE names it, that is a failure.
func needPeer(t testing.TB, name string, there bool) {
	t.Helper()
	if there {
		return
	}
	if slices.Contains(strings.Fields(os.Getenv("GUILDPOST_TEST_REQUIRE")), name) {
		t.Fatalf("%s is required and not here", name)
	}
	t.Skipf("%s is not here", name)
}

func needProgram(t testing.TB, peer, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	needPeer(t, peer, err == nil)
	return path
}

// needRoot: some peers can only be started by root, as CI does.
func needRoot(t testing.TB, peer string) {
	t.Helper()
	needPeer(t, peer, os.Geteuid() == 0)
}
