package itip

import (
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"golang.org/x/net/html/charset"
)

// A mapiTag names a property: a number below 0x8000, or one of a set of named properties.
type mapiTag struct {
	set string // the GUID as it stands in the file; "" for none
	id  uint32
}

// mapiProps are the properties of a message or a recipient, the last value of each.
type mapiProps map[mapiTag][]byte

// Sets of named properties (MS-OXPROPS 1.3.2).
const (
	setMeeting     = "\x90\xda\xd8\x6e\x0b\x45\x1b\x10\x98\xda\x00\xaa\x00\x3f\x13\x05"
	setAppointment = "\x02\x20\x06\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46"
)

// Properties that a meeting is read from (MS-OXPROPS 2).
var (
	tagMessageClass = mapiTag{"", 0x001a}
	tagSubject      = mapiTag{"", 0x0037}
	tagBody         = mapiTag{"", 0x1000}
	tagTopic        = mapiTag{"", 0x0070} // the subject without "Accepted:"
	tagStartDate    = mapiTag{"", 0x0060}
	tagEndDate      = mapiTag{"", 0x0061}

	tagGlobalID      = mapiTag{setMeeting, 0x0003}
	tagCleanGlobalID = mapiTag{setMeeting, 0x0023}
	tagWhere         = mapiTag{setMeeting, 0x0002}
	tagAnsweredAt    = mapiTag{setMeeting, 0x0001}
	tagChangedAt     = mapiTag{setMeeting, 0x001a}

	tagSequence      = mapiTag{setAppointment, 0x8201}
	tagLocation      = mapiTag{setAppointment, 0x8208}
	tagStart         = mapiTag{setAppointment, 0x820d}
	tagEnd           = mapiTag{setAppointment, 0x820e}
	tagAllDay        = mapiTag{setAppointment, 0x8215}
	tagRecurring     = mapiTag{setAppointment, 0x8223}
	tagZone          = mapiTag{setAppointment, 0x8234}
	tagProposedStart = mapiTag{setAppointment, 0x8250}
	tagProposedEnd   = mapiTag{setAppointment, 0x8251}
	tagIsProposal    = mapiTag{setAppointment, 0x8257}
)

// Bounds of what is read of properties.
const (
	maxMAPIProps  = 2000
	maxMAPIValues = 1000
	maxMAPIText   = 64 << 10
)

// Types of values (MS-OXCDATA 2.11.1).
const (
	typeString8 = 0x1e
	typeUnicode = 0x1f
	typeObject  = 0x0d
	typeBinary  = 0x102
	typeMany    = 0x1000
)

// readMAPI reads a list of properties (MS-OXTNEF 2.1.3.4). Texts are kept as UTF-8.
func readMAPI(c *cursor, codepage uint32) mapiProps {
	props := mapiProps{}
	for count := min(int(c.uint32()), maxMAPIProps); count > 0 && !c.bad; count-- {
		kind, id := c.uint16(), c.uint16()
		tag := mapiTag{"", uint32(id)}
		if id >= 0x8000 {
			tag = readMAPIName(c)
		}
		value := readMAPIValue(c, kind, codepage)
		if !c.bad {
			props[tag] = value
		}
	}
	return props
}

// readMAPIName reads the name of a named property. Those that have a text for a name are none of ours.
func readMAPIName(c *cursor) mapiTag {
	set := string(c.bytes(16))
	if c.uint32() == 0 {
		return mapiTag{set, c.uint32()}
	}
	c.padded(int(c.uint32()))
	return mapiTag{set, 0xffffffff}
}

// padded reads octets that are followed by others up to a multiple of four.
func (c *cursor) padded(n int) []byte {
	b := c.bytes(n)
	if b != nil && n%4 != 0 && len(c.data) > 0 {
		c.bytes(min(4-n%4, len(c.data)))
	}
	return b
}

// readMAPIValue reads a value; of several the last.
func readMAPIValue(c *cursor, kind uint16, codepage uint32) (value []byte) {
	many := kind&typeMany != 0
	kind &^= typeMany
	variable := kind == typeString8 || kind == typeUnicode || kind == typeObject || kind == typeBinary
	count := 1
	if many || variable {
		count = int(c.uint32())
	}
	if count > maxMAPIValues {
		c.bad = true
	}
	for ; count > 0 && !c.bad; count-- {
		size := sizeOfMAPI(kind)
		if variable {
			size = int(c.uint32())
		}
		value = c.padded(size)
	}
	switch kind {
	case typeString8:
		return []byte(decodeCodepage(strings.TrimRight(string(value[:min(len(value), maxMAPIText)]), "\x00"), codepage))
	case typeUnicode:
		return []byte(strings.TrimRight(string(decodeUTF16(value[:min(len(value), maxMAPIText)], 1)), "\x00"))
	}
	return value
}

// sizeOfMAPI returns the size of a value of a fixed type.
func sizeOfMAPI(kind uint16) int {
	switch kind {
	case 0x05, 0x06, 0x07, 0x14, 0x40: // doubles, currency, application time, 64 bits, times
		return 8
	case 0x48: // a GUID
		return 16
	}
	return 4
}

func decodeCodepage(s string, codepage uint32) string {
	enc, _ := charset.Lookup(fmt.Sprintf("windows-%d", codepage))
	if codepage == 65001 || enc == nil {
		return decodeLine([]byte(s))
	}
	if decoded, err := enc.NewDecoder().String(s); err == nil {
		return strings.ToValidUTF8(decoded, "\uFFFD")
	}
	return decodeLine([]byte(s))
}

// text returns a text, without what no text may hold.
func (p mapiProps) text(tags ...mapiTag) string {
	for _, tag := range tags {
		s := strings.ToValidUTF8(string(p[tag]), "\uFFFD")
		s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
		s = strings.TrimSpace(strings.Map(func(r rune) rune {
			if r != '\n' && isControl(r) {
				return -1
			}
			return r
		}, s))
		if s != "" {
			return s
		}
	}
	return ""
}

func (p mapiProps) number(tag mapiTag) uint32 {
	if value := p[tag]; len(value) >= 4 {
		return binary.LittleEndian.Uint32(value)
	}
	return 0
}

// flag returns a boolean, which is two octets.
func (p mapiProps) flag(tag mapiTag) bool {
	value := p[tag]
	return len(value) >= 2 && (value[0] != 0 || value[1] != 0)
}

// time returns a moment in UTC, in whole seconds: a count of 100 ns since 1601.
func (p mapiProps) time(tags ...mapiTag) time.Time {
	const to1970 = 11644473600
	for _, tag := range tags {
		if value := p[tag]; len(value) >= 8 {
			t := time.Unix(int64(binary.LittleEndian.Uint64(value)/10_000_000)-to1970, 0).UTC()
			if t.Year() > 1970 && t.Year() <= maxYear {
				return t
			}
		}
	}
	return time.Time{}
}
