package templates

import (
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// narrow is how wide a small telephone is, in CSS pixels.
const narrow = 320

// shower shows each golden mail in a frame of a width, and writes how wide it is inside, the least contrast of a text with the nearest
// ground behind it, and the text that has it.
const shower = `<!DOCTYPE html><html><head><meta charset="utf-8"><title>x</title></head><body><pre id="out"></pre><script>
const rgb = c => c.match(/[\d.]+/g).map(Number);
const light = c => { const [r, g, b] = rgb(c).map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
const ground = (e, w) => { for (; e; e = e.parentElement) { const c = w.getComputedStyle(e).backgroundColor; if (rgb(c)[3] !== 0) return c; } return "rgb(255, 255, 255)"; };
function least(doc) {
  let worst = [21, ""];
  const walk = doc.createTreeWalker(doc.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || e.tagName === "STYLE" || !e.getClientRects().length) continue;
    const a = light(doc.defaultView.getComputedStyle(e).color), b = light(ground(e, doc.defaultView));
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < worst[0]) worst = [ratio, walk.currentNode.data.trim().slice(0, 40)];
  }
  return worst;
}
const frames = [...document.querySelectorAll("iframe")];
addEventListener("load", () => {
  document.getElementById("out").textContent = [...document.querySelectorAll("iframe")].map(f => {
    const [ratio, text] = least(f.contentDocument);
    return ["SHOWN", f.name, f.contentDocument.documentElement.scrollWidth, ratio.toFixed(2), text].join("\t");
  }).join("\n");
});
</script>
`

var shownLine = regexp.MustCompile(`(?m)SHOWN\t([^\t\n]+)\t(\d+)\t([\d.]+)\t(.*)$`)

// TestPeerChromium shows all golden mails in Chromium as a small telephone does, light and dark: nothing is cut off at the side, and
// every text has a contrast of 4.5:1 with what it stands on.
func TestPeerChromium(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes half a minute")
	}
	program, err := exec.LookPath("chromium")
	if err != nil {
		if slices.Contains(strings.Fields(os.Getenv("GUILDPOST_TEST_REQUIRE")), "chromium") {
			t.Fatal("chromium is required and not here")
		}
		t.Skip("chromium is not here")
	}
	files, err := filepath.Glob("testdata/mail/*/*.html")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	mails := map[string]string{"wrong": `<html><body style="margin:0"><p style="width:400px;color:#aaa">text</p></body></html>`}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		mails[file] = string(text)
	}
	for _, dark := range []bool{false, true} {
		shown := showNarrow(t, program, mails, dark)
		if len(shown) != len(mails) || shown["wrong"].width <= narrow || !dark && shown["wrong"].contrast >= minContrast {
			t.Fatalf("Chromium shows %d mails of %d, and the wrong one as %+v", len(shown), len(mails), shown["wrong"])
		}
		delete(shown, "wrong")
		for name, s := range shown {
			if s.width > narrow {
				t.Errorf("%s (dark %v) is %d pixels wide on a screen of %d", name, dark, s.width, narrow)
			}
			if s.contrast < 4.5 {
				t.Errorf("%s (dark %v): %q has a contrast of %.2f", name, dark, s.text, s.contrast)
			}
		}
	}
}

type shownMail struct {
	width    int
	contrast float64
	text     string
}

// showNarrow has Chromium show mails, all in one process.
func showNarrow(t *testing.T, program string, mails map[string]string, dark bool) map[string]shownMail {
	t.Helper()
	var page strings.Builder
	page.WriteString(shower)
	for name, text := range mails {
		fmt.Fprintf(&page, "<iframe name=\"%s\" width=%d height=800 frameborder=0 srcdoc=\"%s\"></iframe>\n", name, narrow, html.EscapeString(text))
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "all.html")
	if err := os.WriteFile(file, []byte(page.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--user-data-dir=" + filepath.Join(dir, "profile"), "--virtual-time-budget=60000"}
	scheme := "1"
	if dark {
		scheme = "0"
	}
	args = append(args, "--blink-settings=preferredColorScheme="+scheme, "--dump-dom", "file://"+file)
	out, err := exec.Command(program, args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]shownMail{}
	for _, m := range shownLine.FindAllStringSubmatch(string(out), -1) {
		var s shownMail
		if _, err := fmt.Sscan(m[2], &s.width); err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Sscan(m[3], &s.contrast); err != nil {
			t.Fatal(err)
		}
		s.text = html.UnescapeString(m[4])
		shown[m[1]] = s
	}
	return shown
}
