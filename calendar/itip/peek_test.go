package itip

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

func TestPeek(t *testing.T) {
	files, _ := filepath.Glob("../../../shared/corpus/itip/*.ics")
	for _, f := range files {
		raw, _ := os.ReadFile(f)
		objects, err := Read(raw, Hint{})
		fmt.Println(filepath.Base(f), err)
		for _, o := range objects {
			for _, e := range append(o.Events, o.Others...) {
				fmt.Println("   ", o.Method, e.Kind, e.UID, "|", e.Start, "|", e.Ends(), "|", e.RecurrenceID, e.Organizer.Address, len(e.Attendees), e.Rules)
			}
			for _, p := range o.Problems {
				fmt.Println("      !", p)
			}
		}
	}
}
