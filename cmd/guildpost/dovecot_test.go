package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2/imapclient"
)

// A dovecot is Debian's Dovecot with a configuration of its own, on a port of loopback. Any user has the password secret.
type dovecot struct {
	t        testing.TB
	dir      string
	addr     string
	uid, gid int
	cmd      *exec.Cmd
}

// startDovecot starts one whose mailboxes are of a format: maildir or mbox.
func startDovecot(t testing.TB, format string) *dovecot {
	t.Helper()
	needRoot(t, "dovecot")
	needProgram(t, "dovecot", "dovecot")
	// Dovecot's own users must be able to reach it, which they cannot in t.TempDir.
	dir, err := os.MkdirTemp("/tmp", "guildpost-dovecot-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	d := &dovecot{t: t, dir: dir}
	d.configure(format)
	d.start()
	t.Cleanup(d.stop)
	return d
}

func (d *dovecot) configure(format string) {
	d.t.Helper()
	owner, err := user.Lookup("nobody")
	if err != nil {
		d.t.Fatal(err)
	}
	d.uid, _ = strconv.Atoi(owner.Uid)
	d.gid, _ = strconv.Atoi(owner.Gid)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		d.t.Fatal(err)
	}
	d.addr = l.Addr().String()
	l.Close()
	_, port, _ := net.SplitHostPort(d.addr)
	location := "maildir:" + d.dir + "/mail/%u"
	if format == "mbox" {
		location = "mbox:" + d.dir + "/mail/%u:INBOX=" + d.dir + "/mail/%u.mbox"
	}
	config := fmt.Sprintf(`base_dir = %[1]s/run
state_dir = %[1]s/state
instance_name = %[2]s
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
log_path = %[1]s/log
mail_location = %[3]s
mail_fsync = never
mail_max_userip_connections = 0
first_valid_uid = 1
last_valid_uid = 0
first_valid_gid = 1
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=%[4]d gid=%[5]d home=%[1]s/mail/home-%%u
}
service imap-login {
  inet_listener imap {
    port = %[6]s
  }
  inet_listener imaps {
    port = 0
  }
}
`, d.dir, filepath.Base(d.dir), location, d.uid, d.gid, port)
	for _, err := range []error{
		os.Chmod(d.dir, 0o755), os.WriteFile(filepath.Join(d.dir, "conf"), []byte(config), 0o644),
		os.Mkdir(filepath.Join(d.dir, "mail"), 0o700), os.Chown(filepath.Join(d.dir, "mail"), d.uid, d.gid),
	} {
		if err != nil {
			d.t.Fatal(err)
		}
	}
}

func (d *dovecot) start() {
	d.t.Helper()
	d.cmd = exec.Command("dovecot", "-F", "-c", filepath.Join(d.dir, "conf"))
	d.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	if err := d.cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); <-tick.C {
		if conn, err := net.Dial("tcp", d.addr); err == nil {
			conn.Close()
			return
		}
	}
	d.t.Fatalf("dovecot does not listen\n%s", d.log())
}

func (d *dovecot) stop() {
	if d.cmd == nil {
		return
	}
	_ = d.cmd.Process.Signal(syscall.SIGTERM)
	_ = d.cmd.Wait()
	d.cmd = nil
}

func (d *dovecot) restart() {
	d.t.Helper()
	d.stop()
	d.start()
}

func (d *dovecot) log() string {
	text, _ := os.ReadFile(filepath.Join(d.dir, "log"))
	return string(text)
}

// doveadm runs a command of the administrator.
func (d *dovecot) doveadm(args ...string) {
	d.t.Helper()
	out, err := exec.Command("doveadm", append([]string{"-c", filepath.Join(d.dir, "conf")}, args...)...).CombinedOutput()
	if err != nil {
		d.t.Fatalf("doveadm %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// fill puts messages into a user's INBOX, as a server that delivers into a Maildir does.
func (d *dovecot) fill(who string, n int, message func(i int) string) {
	d.t.Helper()
	folder := filepath.Join(d.dir, "mail", who)
	for _, name := range []string{"", "cur", "new", "tmp"} {
		path := filepath.Join(folder, name)
		if err := errors.Join(os.MkdirAll(path, 0o700), os.Chown(path, d.uid, d.gid)); err != nil {
			d.t.Fatal(err)
		}
	}
	for i := range n {
		text := strings.ReplaceAll(message(i), "\r\n", "\n")
		// S is the size, W that with CRLF: what delivers into a Maildir knows both.
		file := filepath.Join(folder, "cur", fmt.Sprintf("%d.M%06dP1.test,S=%d,W=%d:2,", time.Now().Unix(), i, len(text), len(text)+strings.Count(text, "\n")))
		if err := errors.Join(os.WriteFile(file, []byte(text), 0o600), os.Chown(file, d.uid, d.gid)); err != nil {
			d.t.Fatal(err)
		}
	}
}

// client is another client of a user's mailboxes.
func (d *dovecot) client(who string) *imapclient.Client {
	d.t.Helper()
	c, err := imapclient.DialInsecure(d.addr, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { c.Close() })
	if err := c.Login(who, "secret").Wait(); err != nil {
		d.t.Fatalf("%v\n%s", err, d.log())
	}
	return c
}

// appendTo puts a message into INBOX by IMAP.
func appendTo(t testing.TB, c *imapclient.Client, message string) {
	t.Helper()
	command := c.Append("INBOX", int64(len(message)), nil)
	if _, err := command.Write([]byte(message)); err != nil {
		t.Fatal(err)
	}
	if err := command.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := command.Wait(); err != nil {
		t.Fatal(err)
	}
}

// imapTable is the configuration of a mailbox at a server.
func imapTable(addr, who, more string) string {
	return fmt.Sprintf("\n[[imap]]\nserver = %q\ntls = \"none\"\nusername = %q\npassword = \"secret\"\n%s\n", addr, who, more)
}

// fetched is a post as it lies in a mailbox.
func fetched(message string) string {
	return "Return-Path: <member0@example.org>\r\nDelivered-To: rust@lists.example.org\r\n" + message
}

// writeMbox writes n small messages into one file, quickly.
func (d *dovecot) writeMbox(who string, n int, at time.Time, message func(i int) string) {
	d.t.Helper()
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, "From ada@a.example %s\n%s\n", at.UTC().Format("Mon Jan  2 15:04:05 2006"), strings.ReplaceAll(message(i), "\r\n", "\n"))
	}
	file := filepath.Join(d.dir, "mail", who+".mbox")
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		d.t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Write(b.Bytes()); err != nil {
		d.t.Fatal(err)
	}
	if err := os.Chown(file, d.uid, d.gid); err != nil {
		d.t.Fatal(err)
	}
}
