package box

import (
	"errors"
	"io"
	"strings"
)

// A chain is boxes one after the other.
type chain struct {
	all []Box
	at  int
}

// Chain returns one box of several, which are read in their order.
func Chain(all ...Box) Box {
	if len(all) == 1 {
		return all[0]
	}
	return &chain{all: all}
}

// Next is part of Box.
func (c *chain) Next() (m Message, err error) {
	err = c.each(func(b Box) (err error) {
		m, err = b.Next()
		return err
	})
	return m, err
}

// Skip is part of Box.
func (c *chain) Skip() error { return c.each(Box.Skip) }

// each calls f for the first box that has something left.
func (c *chain) each(f func(Box) error) error {
	for c.at < len(c.all) {
		if err := f(c.all[c.at]); !errors.Is(err, io.EOF) {
			return err
		}
		c.at++
	}
	return io.EOF
}

// Progress is part of Box.
func (c *chain) Progress() (done, of int64) {
	for _, b := range c.all {
		d, o := b.Progress()
		if o == 0 {
			return 0, 0
		}
		done, of = done+d, of+o
	}
	return done, of
}

// Fingerprint is part of Box.
func (c *chain) Fingerprint() string {
	var all []string
	for _, b := range c.all {
		one := b.Fingerprint()
		if one == "" {
			return ""
		}
		all = append(all, one)
	}
	return strings.Join(all, "\n")
}

// Close is part of Box.
func (c *chain) Close() error {
	var errs []error
	for _, b := range c.all {
		errs = append(errs, b.Close())
	}
	return errors.Join(errs...)
}
