package mail

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
)

func TestAppPasswords(t *testing.T) {
	secret, err := NewSecret(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	password := AppPassword(17, secret)
	if !strings.HasPrefix(password, "17-") || len(password) != 2+4+20 {
		t.Errorf("the password is %q", password)
	}
	for _, typed := range []string{password, strings.ToUpper(password), " " + password + "\r\n", "17-" + secret, strings.Replace(password, "-", " - ", 2)} {
		if id, got, ok := ParseAppPassword(typed); !ok || id != 17 || got != secret {
			t.Errorf("%q is read as %d %q %v", typed, id, got, ok)
		}
	}
	for _, wrong := range []string{"", "-", "17", secret, "0-" + secret, "-1-" + secret, "17-" + secret[1:], "17-" + secret + "a", "9999999999999999999999-" + secret,
		strings.Repeat(" ", 100) + password, "x-" + secret} {
		if _, _, ok := ParseAppPassword(wrong); ok {
			t.Errorf("%q is taken for a password", wrong)
		}
	}
	if _, err := NewSecret(bytes.NewReader(nil)); err == nil {
		t.Error("a secret was made of nothing")
	}
}

func TestSecrets(t *testing.T) {
	ctx := context.Background()
	kept, err := HashSecret(ctx, rand.Reader, "secret")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(kept, "$argon2id$v=19$m=65536,t=2,p=1$") {
		t.Errorf("the hash is %s", kept)
	}
	again, _ := HashSecret(ctx, rand.Reader, "secret")
	if again == kept {
		t.Error("two hashes of a secret are the same")
	}
	for _, test := range []struct {
		name, kept, secret string
		want               bool
	}{
		{"right", kept, "secret", true},
		{"wrong", kept, "secreT", false},
		{"none kept", "", "secret", false},
		{"another kind of hash", "$2y$10$abcdefghijklmnopqrstuv", "secret", false},
		{"cheaper", strings.Replace(kept, "t=2", "t=1", 1), "secret", false},
		{"cut off", kept[:len(kept)-4], "secret", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got, err := CheckSecret(ctx, test.kept, test.secret); err != nil || got != test.want {
				t.Errorf("got %v %v, want %v", got, err, test.want)
			}
		})
	}
}

// TestHashesWait: two are made at once, whoever gives up waiting is told so.
func TestHashesWait(t *testing.T) {
	for range cap(hashing) {
		hashing <- struct{}{}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if ok, err := CheckSecret(ctx, "", "secret"); ok || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v %v", ok, err)
	}
	for range cap(hashing) {
		<-hashing
	}
}
