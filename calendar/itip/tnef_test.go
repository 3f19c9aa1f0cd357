package itip

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
)

// A tnefWriter makes TNEF files as Outlook does (MS-OXTNEF), for tests.
type tnefWriter struct{ bytes.Buffer }

func (w *tnefWriter) number(values ...any) {
	for _, v := range values {
		_ = binary.Write(w, binary.LittleEndian, v)
	}
}

func (w *tnefWriter) attribute(id uint32, value []byte) {
	w.number(uint8(1), id, uint32(len(value)))
	w.Write(value)
	sum := uint16(0)
	for _, c := range value {
		sum += uint16(c)
	}
	w.number(sum)
}

func newTNEF(class string) *tnefWriter {
	w := &tnefWriter{}
	w.number(uint32(tnefSignature), uint16(1))
	w.attribute(attCodepage, []byte{0xe4, 0x04, 0, 0, 0, 0, 0, 0}) // 1252
	w.attribute(attMessageClass, []byte(class+"\x00"))
	return w
}

// A tnefProp is a property with its value as it stands in a list.
type tnefProp struct {
	tag   mapiTag
	kind  uint16
	value []byte
}

func mapiList(props ...tnefProp) []byte {
	w := &tnefWriter{}
	w.number(uint32(len(props)))
	for _, p := range props {
		if p.tag.set == "" {
			w.number(p.kind, uint16(p.tag.id))
		} else {
			w.number(p.kind, uint16(0x8000+p.tag.id&0xff))
			w.WriteString(p.tag.set)
			w.number(uint32(0), p.tag.id)
		}
		if p.kind == typeString8 || p.kind == typeUnicode || p.kind == typeBinary {
			w.number(uint32(1), uint32(len(p.value)))
		}
		w.Write(p.value)
		w.Write(make([]byte, (4-len(p.value)%4)%4))
	}
	return w.Bytes()
}

func uni(tag mapiTag, s string) tnefProp {
	w := &tnefWriter{}
	w.number(utf16.Encode([]rune(s + "\x00")))
	return tnefProp{tag, typeUnicode, w.Bytes()}
}

func str8(tag mapiTag, s string) tnefProp { return tnefProp{tag, typeString8, []byte(s + "\x00")} }

func filetime(tag mapiTag, t time.Time) tnefProp {
	w := &tnefWriter{}
	w.number(uint64(t.Unix()+11644473600) * 10_000_000)
	return tnefProp{tag, 0x40, w.Bytes()}
}

func yes(tag mapiTag) tnefProp { return tnefProp{tag, 0x0b, []byte{1, 0}} }

// globalID is that of a meeting by Outlook; the date of an occurrence stands at index 16.
func globalID(date string) []byte {
	id, _ := hex.DecodeString("040000008200E00074C5B7101A82E008" + date + "A0B1C2D3E4F5060700000000000000001000000011223344556677889900AABBCCDDEEFF")
	return id
}

const plainUID = "040000008200E00074C5B7101A82E00800000000A0B1C2D3E4F5060700000000000000001000000011223344556677889900AABBCCDDEEFF"

func person(address, name string) []tnefProp {
	return []tnefProp{uni(mapiTag{"", 0x3001}, name), uni(mapiTag{"", 0x3003}, "/o=Acme/ou=Exchange/cn=Recipients/cn=x"), str8(mapiTag{"", 0x39fe}, address)}
}

func TestTNEFRequest(t *testing.T) {
	start := time.Date(2026, 3, 30, 7, 0, 0, 0, time.UTC)
	w := newTNEF("IPM.Microsoft Schedule.MtgReq")
	recipients := append([]byte{2, 0, 0, 0}, mapiList(person("ada@example.com", "Ada")...)...)
	w.attribute(attRecipients, append(recipients, mapiList(person("ben@example.com", "Ben")...)...))
	w.attribute(attProperties, mapiList(
		uni(tagTopic, "Borrow checker — clinic"), str8(tagLocation, "Caf\xe9"), filetime(tagStart, start), filetime(tagEnd, start.Add(time.Hour)),
		tnefProp{tagGlobalID, typeBinary, globalID("00000000")}, tnefProp{tagSequence, 3, []byte{2, 0, 0, 0}},
		uni(tagZone, "(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna"), filetime(tagChangedAt, start.Add(-time.Hour)),
		uni(mapiTag{"", 0x5d02}, "olga@example.com"), uni(mapiTag{"", 0x0042}, "Olga"), uni(tagBody, "Bring code.\r\nAnd cake."), yes(tagRecurring)))
	o, err := ReadTNEF(w.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	e := o.Events[0]
	if o.Method != Request || e.UID != plainUID || e.Sequence != 2 || e.Summary != "Borrow checker — clinic" || e.Location != "Café" ||
		e.Start.String() != "2026-03-30T09:00:00 Europe/Amsterdam" || e.Ends().String() != "2026-03-30T10:00:00 Europe/Amsterdam" ||
		e.Organizer != (Person{Address: "olga@example.com", Name: "Olga"}) || len(e.Attendees) != 2 || e.Attendees[1].Address != "ben@example.com" ||
		e.Description != "Bring code.\nAnd cake." || !e.Stamp.Equal(start.Add(-time.Hour)) {
		t.Errorf("got %s %+v", o.Method, e)
	}
	if !strings.Contains(e.RuleProblem, "repeats") || len(o.Problems) != 1 {
		t.Errorf("got the problems %q", o.Problems)
	}
}

func TestTNEFReply(t *testing.T) {
	for class, want := range map[string]PartStat{
		"IPM.Microsoft Schedule.MtgRespP": Accepted, "IPM.Microsoft Schedule.MtgRespN": Declined, "IPM.Microsoft Schedule.MtgRespA": Tentative,
		"IPM.Schedule.Meeting.Resp.Pos": Accepted, "ipm.schedule.meeting.resp.neg": Declined,
	} {
		w := newTNEF(class)
		w.attribute(attRecipients, append([]byte{1, 0, 0, 0}, mapiList(person("rust+t.abc@lists.example.org", "Rust")...)...))
		w.attribute(attProperties, mapiList(tnefProp{tagGlobalID, typeBinary, globalID("07EA0310")},
			filetime(tagAnsweredAt, time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)), uni(tagBody, "See you")))
		o, err := ReadTNEF(w.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		answers := o.Answers()
		if len(answers) != 1 {
			t.Fatalf("%s: %+v", class, o)
		}
		a := answers[0]
		if a.PartStat != want || a.UID != plainUID || a.Occurrence != Date(2026, 3, 16) || !a.Attendee.IsZero() || a.Comment != "See you" || a.Stamp.IsZero() ||
			o.Events[0].Organizer.Address != "rust+t.abc@lists.example.org" {
			t.Errorf("%s: got %+v", class, a)
		}
	}
}

// TestTNEFOthers: proposals, cancellations, foreign UIDs, whole days, times without a zone, and what is no meeting.
func TestTNEFOthers(t *testing.T) {
	start := time.Date(2026, 3, 30, 7, 0, 0, 0, time.UTC)
	w := newTNEF("IPM.Schedule.Meeting.Resp.Tent")
	w.attribute(attProperties, mapiList(yes(tagIsProposal), filetime(tagStart, start), filetime(tagProposedStart, start.Add(time.Hour)), filetime(tagProposedEnd, start.Add(2*time.Hour))))
	if o, err := ReadTNEF(w.Bytes()); err != nil || o.Method != Counter || o.Proposals()[0].Event.Start.Key() != "20260330T080000Z" || len(o.Problems) != 2 {
		t.Errorf("a proposal: %+v, %v", o, err)
	}

	w = newTNEF("IPM.Microsoft Schedule.MtgCncl")
	foreign := append(globalID("00000000")[:40], "vCal-Uid\x01\x00\x00\x004711@lists.example.org\x00"...)
	w.attribute(attSubject, []byte("Clinic\x00"))
	w.attribute(attProperties, mapiList(tnefProp{tagGlobalID, typeBinary, foreign}, filetime(tagStart, start), filetime(tagEnd, start.Add(24*time.Hour)), yes(tagAllDay)))
	if o, err := ReadTNEF(w.Bytes()); err != nil || o.Method != Cancel || o.Events[0].UID != "4711@lists.example.org" || o.Events[0].Summary != "Clinic" || o.Events[0].Start != Date(2026, 3, 30) {
		t.Errorf("a cancellation: %+v, %v", o, err)
	}

	w = newTNEF("IPM.Microsoft Schedule.MtgReq")
	w.attribute(attDateStart, []byte{0xea, 7, 3, 0, 30, 0, 9, 0, 0, 0, 0, 0, 1, 0})
	if o, err := ReadTNEF(w.Bytes()); err != nil || o.Events[0].Start.String() != "2026-03-30T09:00:00" || !strings.Contains(strings.Join(o.Problems, ";"), "without a time zone") {
		t.Errorf("no zone: %+v, %v", o, err)
	}
	w = newTNEF("IPM.Appointment")
	w.attribute(attProperties, mapiList(tnefProp{tagGlobalID, typeBinary, globalID("00000000")}, filetime(tagStart, start), uni(tagSubject, "Clinic")))
	if o, err := ReadTNEF(w.Bytes()); err != nil || o.Method != "" || o.Events[0].Summary != "Clinic" || len(o.Problems) != 0 {
		t.Errorf("an entry of a calendar: %+v, %v", o, err)
	}
	if _, err := ReadTNEF(newTNEF("IPM.Microsoft Mail.Note").Bytes()); !errors.Is(err, ErrNoMeeting) {
		t.Errorf("a mail: %v", err)
	}
	if _, err := ReadTNEF([]byte("hello")); err == nil || errors.Is(err, ErrNoMeeting) {
		t.Errorf("no TNEF: %v", err)
	}
}
