package main

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // zones must not depend on what the machine has installed

	"golang.org/x/text/language"

	"guildpost/mail"
)

// The checks return what a value must be, for "KEY = VALUE: must be …".

func checkNotEmpty(value string) error {
	if value == "" {
		return errors.New("must not be empty")
	}
	return nil
}

func oneOf(values ...string) func(string) error {
	return func(value string) error {
		if !slices.Contains(values, value) {
			return fmt.Errorf("must be one of %s", strings.Join(values, ", "))
		}
		return nil
	}
}

var domainLabel = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// checkDomain wants a host name in the form that mail addresses have it (RFC 5321 2.3.5), in lower case.
func checkDomain(value string) error {
	if len(value) > 253 {
		return errors.New("must be a domain of at most 253 characters")
	}
	for label := range strings.SplitSeq(value, ".") {
		if !domainLabel.MatchString(label) {
			return errors.New("must be a domain in lower case, such as lists.example.org (one with other letters in its xn-- form)")
		}
	}
	return nil
}

func checkURL(value string) error {
	if value == "" {
		return nil
	}
	u, err := url.Parse(value)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || strings.HasSuffix(value, "/") {
		return errors.New("must be an address such as https://lists.example.org, without a slash at the end")
	}
	return nil
}

func checkDatabase(value string) error {
	if value == "" {
		return nil
	}
	u, err := url.Parse(value)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return errors.New(`must be "" (SQLite in the data folder) or postgres://USER:PASSWORD@HOST/NAME`)
	}
	return nil
}

func checkLanguage(value string) error {
	if _, err := language.Parse(value); err != nil {
		return errors.New("must be a language tag of BCP 47, such as en or de-AT")
	}
	return nil
}

// checkPostmaster wants a mail address, or "".
func checkPostmaster(value string) error {
	if value == "" {
		return nil
	}
	if _, err := mail.Canonical(value); err != nil {
		return errors.New("must be a mail address such as postmaster@example.org")
	}
	return nil
}

// checkListen wants an address to listen on, or "".
func checkListen(value string) error {
	if value == "" {
		return nil
	}
	if path, ok := strings.CutPrefix(value, "unix:"); ok {
		if path == "" {
			return errors.New("must be unix:PATH, with a path")
		}
		return nil
	}
	if _, ok := splitHostPort(value, 0); !ok {
		return errors.New(`must be host:port, such as 127.0.0.1:2424, or unix:PATH, or "" for off`)
	}
	return nil
}

// checkListenTCP wants an address of the network to listen on, or "".
func checkListenTCP(value string) error {
	if _, ok := splitHostPort(value, 0); value != "" && !ok {
		return errors.New(`must be host:port, such as 127.0.0.1:1143, or "" for off`)
	}
	return nil
}

var authServID = regexp.MustCompile(`^[A-Za-z0-9._-]{0,253}$`)

// checkAuthServID wants the first word of an Authentication-Results field, or "".
func checkAuthServID(value string) error {
	if !authServID.MatchString(value) {
		return errors.New("must be the name at the beginning of the fields, such as mx.example.org")
	}
	return nil
}

func checkHostPort(value string) error {
	if host, ok := splitHostPort(value, 1); !ok || host == "" {
		return errors.New("must be host:port, such as mail.example.org:587")
	}
	return nil
}

func splitHostPort(value string, least uint64) (host string, ok bool) {
	host, port, err := net.SplitHostPort(value)
	if err != nil || strings.ContainsAny(host, " \t/@") {
		return "", false
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return host, err == nil && n >= least
}

// onlyHere says whether an address is reached from this machine alone.
func onlyHere(address string) bool {
	host, _, err := net.SplitHostPort(address)
	ip := net.ParseIP(host)
	return err == nil && (host == "localhost" || ip != nil && ip.IsLoopback())
}

func parseZone(value string) (*time.Location, error) {
	zone, err := time.LoadLocation(value)
	if err != nil || value == "" || value == "Local" {
		return time.UTC, errors.New("must be a time zone such as Europe/Berlin or UTC")
	}
	return zone, nil
}

func parseInt(value string) (int64, error) { return strconv.ParseInt(value, 0, 64) }

const (
	leastMaxMessage = 10_000        // smaller, and hardly a mail gets through
	mostMaxMessage  = 1_000_000_000 // a message is in memory as a whole
)

func parseMaxMessage(value string) (int64, error) {
	n, err := parseSize(value)
	if err == nil && (n < leastMaxMessage || n > mostMaxMessage) {
		err = errors.New("must be from 10kB to 1GB")
	}
	return n, err
}

var (
	sizePattern = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?) ?([A-Za-z]*)$`)
	sizeUnits   = map[string]float64{"": 1, "b": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30}
)

// parseSize reads a number of bytes: "25MB" is decimal, "25MiB" binary.
func parseSize(value string) (int64, error) {
	m := sizePattern.FindStringSubmatch(value)
	if m == nil {
		return 0, errors.New("must be a size such as 25MB or 25MiB")
	}
	unit, ok := sizeUnits[strings.ToLower(m[2])]
	n, err := strconv.ParseFloat(m[1], 64)
	if !ok || err != nil || n*unit > 1<<53 {
		return 0, errors.New("must be a size such as 25MB or 25MiB")
	}
	return int64(n * unit), nil
}

// formatSize writes a number of bytes for a person.
func formatSize(n int64) string {
	for _, unit := range []struct {
		name string
		size int64
	}{{"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}} {
		if n >= unit.size {
			s := strconv.FormatFloat(float64(n)/float64(unit.size), 'f', 1, 64)
			return strings.TrimSuffix(s, ".0") + unit.name
		}
	}
	return strconv.FormatInt(n, 10) + "B"
}
