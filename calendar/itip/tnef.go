package itip

import (
	"encoding/binary"
	"errors"
	"strings"
	"time"
)

// MaxTNEF is how much of a winmail.dat is read, in octets. What says what the message is stands in front of the
// attachments, which are never unpacked.
const MaxTNEF = 4 << 20

// ErrNoMeeting says that a TNEF file was read and holds another kind of message, such as a mail with attachments.
var ErrNoMeeting = errors.New("the file winmail.dat (TNEF) holds no meeting")

const tnefSignature = 0x223e9f78

// Attributes of a TNEF stream (MS-OXTNEF 2.1.3).
const (
	attSubject      = 0x00018004
	attDateStart    = 0x00030006
	attDateEnd      = 0x00030007
	attMessageClass = 0x00078008
	attRecipients   = 0x00069004
	attProperties   = 0x00069003
	attCodepage     = 0x00069007
)

// A tnefFile is what was read of a TNEF stream.
type tnefFile struct {
	class      string // as MAPI has it, such as IPM.Schedule.Meeting.Request
	subject    string
	start, end time.Time // wall clock of attDateStart, attDateEnd; no zone
	codepage   uint32
	props      mapiProps
	recipients []mapiProps
}

// ReadTNEF reads a meeting out of application/ms-tnef, the file winmail.dat that Outlook sends to people whom it takes for
// Outlook users (MS-OXTNEF, MS-OXOCAL). The object is as Read would give it from text/calendar, with one event and as much
// as TNEF says: method, UID, answer, times, summary, people. Its Problems say what is missing. Senders are often only named
// in the mail's From.
//
// The error is ErrNoMeeting, or says that the file cannot be read.
func ReadTNEF(data []byte) (Object, error) {
	f, err := parseTNEF(data[:min(len(data), MaxTNEF)])
	if err != nil {
		return Object{}, err
	}
	return f.object()
}

// parseTNEF goes through the attributes of the message; those of attachments end it. A file that breaks off gives what came
// before.
func parseTNEF(data []byte) (*tnefFile, error) {
	c := &cursor{data: data}
	if c.uint32() != tnefSignature {
		return nil, errors.New("this is no TNEF file (winmail.dat): it does not begin like one")
	}
	c.uint16() // the key that attachments are named by
	f := &tnefFile{codepage: 1252, props: mapiProps{}}
	var recipients []byte
	for count := 0; count < 200 && !c.bad && len(c.data) > 0; count++ {
		level, id := c.uint8(), c.uint32()
		value := c.bytes(int(c.uint32()))
		c.uint16() // checksum
		if level != 1 || c.bad {
			break
		}
		if id == attRecipients {
			recipients = value
			continue
		}
		f.attribute(id, value)
	}
	if f.class == "" {
		f.class = f.props.text(tagMessageClass)
	}
	f.readRecipients(recipients)
	return f, nil
}

func (f *tnefFile) attribute(id uint32, value []byte) {
	switch id {
	case attMessageClass:
		f.class = mapiClass(strings.TrimRight(string(value), "\x00"))
	case attCodepage:
		if len(value) >= 4 {
			f.codepage = binary.LittleEndian.Uint32(value)
		}
	case attSubject:
		f.subject = decodeCodepage(strings.TrimRight(string(value), "\x00"), f.codepage)
	case attDateStart:
		f.start = tnefDate(value)
	case attDateEnd:
		f.end = tnefDate(value)
	case attProperties:
		f.props = readMAPI(&cursor{data: value}, f.codepage)
	}
}

// mapiClass translates the old names of message classes that TNEF keeps (MS-OXTNEF 2.1.3.3.9).
func mapiClass(class string) string {
	old := map[string]string{
		"ipm.microsoft schedule.mtgreq": "IPM.Schedule.Meeting.Request", "ipm.microsoft schedule.mtgcncl": "IPM.Schedule.Meeting.Canceled",
		"ipm.microsoft schedule.mtgrespp": "IPM.Schedule.Meeting.Resp.Pos", "ipm.microsoft schedule.mtgrespn": "IPM.Schedule.Meeting.Resp.Neg",
		"ipm.microsoft schedule.mtgrespa": "IPM.Schedule.Meeting.Resp.Tent",
	}
	if name := old[strings.ToLower(class)]; name != "" {
		return name
	}
	return class
}

// tnefDate reads a DTR structure: year, month, day, hour, minute, second as 16 bits each.
func tnefDate(value []byte) time.Time {
	c := &cursor{data: value}
	year, month, day := int(c.uint16()), int(c.uint16()), int(c.uint16())
	hour, minute, second := int(c.uint16()), int(c.uint16()), int(c.uint16())
	if c.bad || year < minYear || year > maxYear || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59 {
		return time.Time{}
	}
	return time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC)
}

func (f *tnefFile) readRecipients(value []byte) {
	c := &cursor{data: value}
	for count := min(int(c.uint32()), MaxAttendees); count > 0 && !c.bad; count-- {
		f.recipients = append(f.recipients, readMAPI(c, f.codepage))
	}
}

// A cursor reads little-endian numbers. Behind the end it reads zeros, and is bad.
type cursor struct {
	data []byte
	bad  bool
}

func (c *cursor) bytes(n int) []byte {
	if n < 0 || n > len(c.data) {
		c.bad, c.data = true, nil
		return nil
	}
	b := c.data[:n]
	c.data = c.data[n:]
	return b
}

func (c *cursor) uint8() byte {
	if b := c.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

func (c *cursor) uint16() uint16 {
	if b := c.bytes(2); b != nil {
		return binary.LittleEndian.Uint16(b)
	}
	return 0
}

func (c *cursor) uint32() uint32 {
	if b := c.bytes(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}
