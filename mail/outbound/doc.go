// Package outbound is how mail leaves: a [Worker] claims deliveries from the queue, has each recipient's copy made
// by a [Composer], hands it to the smarthost through a [Courier], and records what became of it.
//
// # One delivery
//
//  1. A dispatch is expanded into waiting deliveries by the store, in fair order; the worker claims about half a
//     second's work of them, in that order, and nothing while the smarthost is down.
//
//  2. A connection that is free takes the next one. The copy of its dispatch is composed once and kept for a
//     while: the body is shared by all connections, only envelope and own header fields differ.
//
//  3. The envelope is sent behind the final dot of the message before, in the same write, so that a message costs
//     one round trip. The body follows only when the outcome of the message before is committed: a process that is
//     killed repeats at most one transaction for each connection.
//
//  4. The outcome is one of these:
//
//     2xx to the final dot              sent
//     4xx to RCPT or the final dot      deferred, and again after 1, 2, 4 … 240 minutes, for 5 days; then failed
//     5xx to RCPT or the final dot      failed
//     connection lost within the body   deferred
//     no reply to the final dot         deferred, in doubt: the peer may have it
//     nothing but the envelope was lost sent again at once by another connection, not counted as an attempt
//     the smarthost is down             given back, not counted as an attempt
//
// # What a smarthost may do to us
//
// Connections that cannot be opened while others work teach the worker how many it may have. If there is none, the
// smarthost is down: one connection at a time tries again, after 5 s at first and 30 min at last, and after success
// the number grows with each message that is taken. A limit on recipients is learned from 452; one on messages of
// a connection costs a new connection. A connection that gets no reply for 2 s hands back what it had not begun;
// and a community whose messages make half of the connections wait gets no more of them until one is answered, while
// each that waits may be replaced by another for the rest of the mail.
//
// A shared copy that is refused as a whole is halved, and the half that is refused again, to find the recipient
// that is to blame; when both halves are refused, it is the message. When several personal copies of one dispatch
// have been refused and none was taken, it is the message too, and the rest of them fail without being tried.
package outbound
