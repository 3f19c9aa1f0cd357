// Package port opens the addresses of listeners as the configuration writes them: host:port, or unix:PATH.
package port

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"strings"
	"syscall"
	"time"
)

// Mode lets the group of a socket's owner use it, such as the mail server or a proxy, and nobody else.
const Mode = 0o660

// Listen listens on host:port or unix:PATH.
func Listen(addr string) (net.Listener, error) {
	if path, ok := strings.CutPrefix(addr, "unix:"); ok {
		return listenUnix(path)
	}
	return net.Listen("tcp", addr)
}

// Address is where a listener listens, as Listen takes it: with the port that was chosen for port 0.
func Address(l net.Listener) string {
	if l.Addr().Network() == "unix" {
		return "unix:" + l.Addr().String()
	}
	return l.Addr().String()
}

// listenUnix makes a socket that the group may use. A socket that a killed daemon left behind is removed; one that
// somebody answers on is not.
func listenUnix(path string) (net.Listener, error) {
	if info, err := os.Lstat(path); err == nil && info.Mode().Type() == fs.ModeSocket {
		conn, err := net.DialTimeout("unix", path, time.Second)
		if err == nil {
			conn.Close()
			return nil, errors.New("another daemon answers there")
		}
		if errors.Is(err, syscall.ECONNREFUSED) {
			os.Remove(path)
		}
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, Mode); err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}
