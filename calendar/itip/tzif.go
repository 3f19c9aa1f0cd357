package itip

import (
	"bytes"
	"encoding/binary"
	"time"
)

// Years for which the rules of an object's own zone are worked out.
const (
	ownZoneFrom = 1970
	ownZoneTo   = 2100
)

// zone makes a time.Location of the rules themselves, for those that no zone of the database follows.
func (z *zoneRules) zone(name string) *time.Location {
	before, list := z.onsets(time.Date(ownZoneFrom, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(ownZoneTo, 1, 1, 0, 0, 0, 0, time.UTC))
	if name == "" || name == "UTC" || name == "Local" { // names that mean something to Go
		name += " (own)"
	}
	zone, err := time.LoadLocationFromTZData(name, tzif(before, list))
	if err != nil {
		return nil
	}
	return zone
}

// tzif writes the onsets as a file of the time zone database (RFC 8536), which is what Go makes a Location of.
func tzif(before time.Duration, list []onset) []byte {
	types, index := []time.Duration{before}, []byte{}
	for _, o := range list {
		at := -1
		for i, known := range types {
			if known == o.to {
				at = i
			}
		}
		if at < 0 && len(types) < 250 {
			types, at = append(types, o.to), len(types)
		}
		index = append(index, byte(max(at, 0)))
	}
	var b bytes.Buffer
	tzifHeader(&b, 0, 1)
	b.Write(make([]byte, 6+1)) // the block for readers of version 1: one type, one abbreviation
	tzifHeader(&b, len(list), len(types))
	for _, o := range list {
		_ = binary.Write(&b, binary.BigEndian, o.at.Unix())
	}
	b.Write(index)
	for _, offset := range types {
		_ = binary.Write(&b, binary.BigEndian, int32(offset/time.Second))
		b.Write([]byte{0, 0})
	}
	b.WriteString("\x00\n\n") // an abbreviation that is empty; no rule for the years after
	return b.Bytes()
}

func tzifHeader(b *bytes.Buffer, transitions, types int) {
	b.WriteString("TZif2")
	b.Write(make([]byte, 15))
	for _, count := range []int{0, 0, 0, transitions, types, 1} { // isut, isstd, leap, time, type, char
		_ = binary.Write(b, binary.BigEndian, uint32(count))
	}
}
