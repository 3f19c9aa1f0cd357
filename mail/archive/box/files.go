package box

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// A files box has a message in each of its files, or another box.
type files struct {
	all   []file
	next  int
	inner Box // of the file before next, while it has more
	done  atomic.Int64
	of    int64
	close io.Closer // nil where there is nothing to close
}

// A file is one that holds a message.
type file struct {
	name     string // for people
	size     int64
	received time.Time
	open     func() (io.ReadCloser, error)
	box      func() (Box, error) // instead of open, where what the file holds is to be found out
}

// Next is part of Box. A file that cannot be read is a message with a Problem.
func (b *files) Next() (Message, error) {
	for {
		if b.inner != nil {
			if m, err := b.inner.Next(); err == nil || !errors.Is(err, io.EOF) {
				m.Place = b.within(m.Place)
				return m, err
			}
			if err := b.leave(); err != nil {
				return Message{}, err
			}
		}
		f, err := b.take()
		if err != nil {
			return Message{}, err
		}
		if f.box == nil {
			return f.message(), nil
		}
		if b.inner, err = f.box(); err != nil {
			return f.unreadable(err), nil
		}
	}
}

// within names a place within a file: what the inner box calls it begins with the file's last name.
func (b *files) within(place string) string {
	f := b.all[b.next-1]
	return path.Join(path.Dir(filepath.ToSlash(f.name)), place)
}

// take goes on to the next file.
func (b *files) take() (file, error) {
	if b.next == len(b.all) {
		return file{}, io.EOF
	}
	f := b.all[b.next]
	b.next++
	b.done.Add(f.size)
	return f, nil
}

func (b *files) leave() error {
	inner := b.inner
	b.inner = nil
	return inner.Close()
}

func (f file) message() Message {
	raw, err := f.read()
	if err != nil {
		return f.unreadable(err)
	}
	m := Message{Received: f.received, Place: f.name}
	m.take(raw)
	return m
}

func (f file) unreadable(err error) Message {
	return Message{Received: f.received, Place: f.name, Problem: fmt.Sprintf("the file cannot be read: %v", err)}
}

func (f file) read() ([]byte, error) {
	r, err := f.open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	raw := make([]byte, 0, min(f.size, MaxMessage)+512)
	for limited := io.LimitReader(r, MaxMessage+1); ; {
		if len(raw) == cap(raw) {
			raw = slices.Grow(raw, len(raw))
		}
		n, err := limited.Read(raw[len(raw):cap(raw)])
		raw = raw[:len(raw)+n]
		if errors.Is(err, io.EOF) {
			return raw, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// Skip is part of Box.
func (b *files) Skip() error {
	if b.inner == nil && b.next < len(b.all) && b.all[b.next].box == nil {
		_, err := b.take()
		return err
	}
	_, err := b.Next()
	return err
}

// Progress is part of Box.
func (b *files) Progress() (done, of int64) { return b.done.Load(), b.of }

// Fingerprint is part of Box.
func (b *files) Fingerprint() string {
	sum := sha256.New()
	for _, f := range b.all {
		fmt.Fprintf(sum, "%q %d\n", f.name, f.size)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// Close is part of Box.
func (b *files) Close() error {
	var errs []error
	if b.inner != nil {
		errs = append(errs, b.leave())
	}
	if b.close != nil {
		errs = append(errs, b.close.Close())
	}
	return errors.Join(errs...)
}

func (b *files) add(f file) {
	b.all = append(b.all, f)
	b.of += f.size
}

// openFolder reads the files of a folder and of those within it, in the order of their names. Each .eml file is a message;
// any other is what it looks like: an mbox, or a message. Hidden ones are left out.
func openFolder(folder string, o Options) (Box, error) {
	b := &files{}
	err := filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if hidden := name != folder && strings.HasPrefix(entry.Name(), "."); entry.IsDir() || hidden {
			if hidden && entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		info, err := os.Stat(name)
		if err != nil || !info.Mode().IsRegular() {
			return err
		}
		short, err := filepath.Rel(folder, name)
		f := file{name: short, size: info.Size(), received: info.ModTime(), open: func() (io.ReadCloser, error) { return os.Open(name) }}
		if !strings.EqualFold(filepath.Ext(name), ".eml") {
			f.box = func() (Box, error) { return Open(name, o) }
		}
		b.add(f)
		return err
	})
	return b, err
}

// openZIP reads the .eml files of a ZIP file, in the order in which they stand there.
func openZIP(f *os.File, size int64, name string) (Box, error) {
	archive, err := zip.NewReader(f, size)
	if err != nil {
		return nil, fmt.Errorf("%s is no ZIP file: %w", name, err)
	}
	b := &files{close: f}
	for _, entry := range archive.File {
		if strings.EqualFold(path.Ext(entry.Name), ".eml") && !entry.FileInfo().IsDir() {
			b.add(file{name: name + ", " + entry.Name, size: int64(min(entry.UncompressedSize64, 1<<40)), received: entry.Modified, open: entry.Open})
		}
	}
	return b, nil
}

// isMaildir says whether a folder is one of cur, new and tmp.
func isMaildir(folder string) bool {
	for _, name := range []string{"cur", "new"} {
		if info, err := os.Stat(filepath.Join(folder, name)); err == nil && info.IsDir() {
			return true
		}
	}
	return false
}

// openMaildir reads what is in cur and new of a Maildir or some of its folders, by when it came, or in the order in which
// MaildirWriter wrote it. Flags do not count: what
// was marked as deleted is there as well.
func openMaildir(maildir string, folders []string) (Box, error) {
	if folders == nil {
		folders = []string{""}
	}
	b := &files{}
	for _, folder := range folders {
		if err := b.addMaildir(maildir, folder); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(b.all, func(x, y file) int {
		if n, m := numberOf(x.name), numberOf(y.name); n > 0 && m > 0 {
			return n - m
		}
		return x.received.Compare(y.received)
	})
	return b, nil
}

// addMaildir adds a Maildir's folder, which is named "Sub" or ".Sub".
func (b *files) addMaildir(maildir, folder string) error {
	if folder != "" && !strings.HasPrefix(folder, ".") {
		folder = "." + folder
	}
	if folder != "" && !isMaildir(filepath.Join(maildir, folder)) {
		return fmt.Errorf("there is no folder %s in the Maildir: %w", folder, fs.ErrNotExist)
	}
	for _, part := range []string{"new", "cur"} {
		entries, err := os.ReadDir(filepath.Join(maildir, folder, part))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		for _, entry := range entries {
			info, err := entry.Info()
			if err != nil || !info.Mode().IsRegular() || strings.HasPrefix(entry.Name(), ".") {
				continue
			}
			name := filepath.Join(folder, part, entry.Name())
			b.add(file{name: name, size: info.Size(), received: maildirTime(entry.Name(), info.ModTime()),
				open: func() (io.ReadCloser, error) { return os.Open(filepath.Join(maildir, name)) }})
		}
	}
	return nil
}

// maildirTime is when a message was delivered: its name begins with the seconds since 1970. Other names are worth what
// the file system says.
func maildirTime(name string, modified time.Time) time.Time {
	const digits = 10 // since 2001, until 2286
	seconds, _, found := strings.Cut(name, ".")
	if n, err := strconv.ParseInt(seconds, 10, 64); err == nil && found && n > 0 && len(seconds) <= digits {
		return time.Unix(n, 0).UTC()
	}
	return modified
}

// MaildirFolders returns the names of the folders in a Maildir, "" for itself first.
func MaildirFolders(maildir string) ([]string, error) {
	all := []string{""}
	entries, err := os.ReadDir(maildir)
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), ".") && isMaildir(filepath.Join(maildir, entry.Name())) {
			all = append(all, entry.Name())
		}
	}
	return all, err
}

// A MaildirWriter writes a Maildir.
type MaildirWriter struct {
	folder string
	n      int
}

// NewMaildirWriter makes a Maildir at a path where there is nothing yet.
func NewMaildirWriter(folder string) (*MaildirWriter, error) {
	if err := os.Mkdir(folder, 0o700); err != nil {
		return nil, err
	}
	for _, part := range []string{"cur", "new", "tmp"} {
		if err := os.Mkdir(filepath.Join(folder, part), 0o700); err != nil {
			return nil, err
		}
	}
	return &MaildirWriter{folder: folder}, nil
}

// Write adds a message that was received at a time, as one that was seen.
func (w *MaildirWriter) Write(received time.Time, raw []byte) error {
	w.n++
	name := MaildirName(received, w.n)
	place := filepath.Join(w.folder, "tmp", name)
	if err := os.WriteFile(place, raw, 0o600); err != nil {
		return err
	}
	if err := os.Chtimes(place, received, received); err != nil {
		return err
	}
	return os.Rename(place, filepath.Join(w.folder, "cur", name+":2,S"))
}

// MaildirName is the name of the n-th message that is written into a Maildir.
func MaildirName(received time.Time, n int) string {
	return fmt.Sprintf("%010d.N%09d.guildpost", max(received.Unix(), 0), n)
}

var maildirNumber = regexp.MustCompile(`^\d{10}\.N(\d{9})\.guildpost(:|$)`)

// numberOf is n of a name by MaildirName, 0 for any other.
func numberOf(name string) int {
	m := maildirNumber.FindStringSubmatch(filepath.Base(name))
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(m[1]) // nine digits
	return n
}
