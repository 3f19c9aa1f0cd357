package mailtest

import "testing"

func TestCanonical(t *testing.T) {
	const in = `Received: from a by b; Mon, 2 Mar 2026 09:00:00 +0000
From: =?utf-8?q?Bj=C3=B6rn?= <bjorn@example.org>
To: rust@lists.example.org
Subject: =?utf-8?b?R3LDvMOfZQ==?=
Date: Mon, 2 Mar 2026 09:00:00 +0000
Message-ID: <abc@example.org>
List-Unsubscribe: <mailto:rust+t.mfzwizltoq4tanzv@lists.example.org>,
 <https://lists.example.org/t/mfzwizltoq4tanzv>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Gr=C3=BC=C3=9Fe: rust-bounces+mfzwizltoq4tanzv@lists.example.org
--b1
Content-Type: image/png
Content-Transfer-Encoding: base64

AAAA
--b1--
`
	const want = `Received: *
From: Björn <bjorn@example.org>
To: rust@lists.example.org
Subject: Grüße
Date: *
Message-ID: *
List-Unsubscribe: <mailto:rust+t.*@lists.example.org>, <https://lists.example.org/t/*>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="*"

--- part 1 of multipart/mixed
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Grüße: rust-bounces+*@lists.example.org
--- part 2 of multipart/mixed
Content-Type: image/png
Content-Transfer-Encoding: base64

(3 octets of image/png)
--- end of multipart/mixed
`
	if got := Canonical(string(Wire(in))); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}
