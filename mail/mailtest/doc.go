// Package mailtest is what the tests of everything that sends mail have in common: a smarthost of our own that
// records what it is given and misbehaves when told to ([Sink]), a form of messages that people can read and
// tests can compare ([Canonical]), and a sender without a queue, whose rate is what the network and the sink
// allow at best ([Blast]).
//
// The sink speaks SMTP by itself, without a library, so that it is no limit in benchmarks and can break the rules
// at any point. What it does with a recipient or a transaction follows from its seed, so a run can be repeated.
package mailtest
