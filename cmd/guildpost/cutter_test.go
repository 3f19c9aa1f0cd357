package main

import (
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"testing"
)

// A cutter stands between a client and a server and cuts connections at a random octet of what the server says.
type cutter struct {
	listener net.Listener
	server   string
	cuts     atomic.Int64

	mu     sync.Mutex
	random *rand.Rand
	least  int64 // octets before a cut
	most   int64 // 0 is never
}

func startCutter(t testing.TB, server string, least, most int64) *cutter {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	c := &cutter{listener: l, server: server, random: rand.New(rand.NewPCG(2026, 11)), least: least, most: most}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go c.carry(conn)
		}
	}()
	return c
}

func (c *cutter) addr() string { return c.listener.Addr().String() }

// enough lets connections live from now on.
func (c *cutter) enough() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.most = 0
}

// life is how many octets the next connection has.
func (c *cutter) life() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.most == 0 {
		return 1 << 62
	}
	return c.least + c.random.Int64N(c.most-c.least)
}

func (c *cutter) carry(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", c.server)
	if err != nil {
		return
	}
	defer server.Close()
	go func() {
		_, _ = io.Copy(server, client)
		server.Close()
	}()
	life := c.life()
	if n, err := io.CopyN(client, server, life); err == nil && n == life {
		c.cuts.Add(1)
		if tcp, ok := client.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
	}
}
