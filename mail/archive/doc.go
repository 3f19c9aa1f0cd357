// Package archive is what a community has said: threads to read, and what becomes of posts in time.
//
// A post is read as its author wrote it: Files lists what it has beside its text, which package mail takes apart into
// what is new, what is quoted and what is signature.
//
// Posts do not stay for ever where a community wants that: what is older than its rule is deleted (see Retention). And
// when somebody is erased, what they said becomes a stub that keeps its thread together, and their name and address are
// replaced wherever others have written them (see Eraser).
package archive
