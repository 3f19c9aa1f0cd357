-- +goose Up

CREATE TABLE settings (
    name  {{text}} PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE communities (
    id         {{id}},
    name       {{text}} NOT NULL,
    domain     {{text}} NOT NULL,
    title      TEXT NOT NULL,
    closed     BOOLEAN NOT NULL,
    rules      TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (domain, name)
);

CREATE TABLE members (
    id         {{id}},
    name       TEXT NOT NULL,
    language   TEXT NOT NULL,
    timezone   TEXT NOT NULL,
    named      BOOLEAN NOT NULL, -- agrees to be named in newsletters
    created_at BIGINT NOT NULL
);

CREATE TABLE addresses (
    address   {{text}} PRIMARY KEY,
    member_id BIGINT NOT NULL REFERENCES members (id) ON DELETE CASCADE
);
CREATE INDEX addresses_member ON addresses (member_id);

CREATE TABLE subscriptions (
    id             {{id}},
    community_id   BIGINT NOT NULL REFERENCES communities (id),
    member_id      BIGINT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    address        {{text}} NOT NULL,
    state          TEXT NOT NULL,
    delivery       TEXT NOT NULL,
    vacation_until BIGINT NOT NULL,
    own_copies     BOOLEAN NOT NULL,
    no_reminders   BOOLEAN NOT NULL DEFAULT FALSE, -- of meetings
    newsletter     TEXT NOT NULL DEFAULT '', -- as NewsletterWish
    no_brief       BOOLEAN NOT NULL DEFAULT FALSE, -- a facilitator who wants no weekly brief
    no_thanks      BOOLEAN NOT NULL DEFAULT FALSE, -- no mail when somebody thanks them
    roles          TEXT NOT NULL,
    since          BIGINT NOT NULL,
    epoch          BIGINT NOT NULL,
    digest_format  TEXT NOT NULL DEFAULT '', -- as DigestFormat
    digest_hour    BIGINT NOT NULL DEFAULT 7, -- on their clocks
    UNIQUE (community_id, member_id)
);
CREATE INDEX subscriptions_member ON subscriptions (member_id);
CREATE INDEX subscriptions_fanout ON subscriptions (community_id, id);
CREATE INDEX subscriptions_address ON subscriptions (address);

-- Of those who get digests: the post up to which they have got everything, but some.
CREATE TABLE digests (
    subscription_id BIGINT PRIMARY KEY REFERENCES subscriptions (id) ON DELETE CASCADE,
    mark            BIGINT NOT NULL,
    also            TEXT NOT NULL, -- IDs of posts up to it that they have not got: an array
    due_at          BIGINT NOT NULL -- -1: when it is due is to be found out; 0: now
);
CREATE INDEX digests_due ON digests (due_at, subscription_id);

-- Of facilitators who get the weekly brief: when the next one is due.
CREATE TABLE briefs (
    subscription_id BIGINT PRIMARY KEY REFERENCES subscriptions (id) ON DELETE CASCADE,
    due_at          BIGINT NOT NULL -- -1: when it is due is to be found out
);
CREATE INDEX briefs_due ON briefs (due_at, subscription_id);

-- Messages that are packed together, since they have much in common: see bundles.go.
CREATE TABLE bundles (
    id   {{id}},
    size BIGINT NOT NULL, -- unpacked
    data {{bytes}} NOT NULL
);

CREATE TABLE raw_messages (
    id        {{id}},
    hash      {{bytes}} NOT NULL UNIQUE,
    size      BIGINT NOT NULL,
    bundle_id BIGINT REFERENCES bundles (id), -- NULL for a message that is packed alone, in data
    place     BIGINT NOT NULL, -- where it begins in its bundle
    kept      BIGINT NOT NULL, -- how much of it is kept there, in bytes: what stands in blobs is not
    data      {{bytes}} NOT NULL
);
CREATE INDEX raw_messages_bundle ON raw_messages (bundle_id) WHERE bundle_id IS NOT NULL;
CREATE INDEX raw_messages_alone ON raw_messages (id) WHERE bundle_id IS NULL;

-- Large files as they stand in messages, still encoded, each once.
CREATE TABLE blobs (
    id   {{id}},
    hash {{bytes}} NOT NULL UNIQUE,
    size BIGINT NOT NULL,
    data {{bytes}} NOT NULL
);

-- Where in a raw message a blob stood, counted in the whole message.
CREATE TABLE raw_blobs (
    raw_id  BIGINT NOT NULL REFERENCES raw_messages (id) ON DELETE CASCADE,
    place   BIGINT NOT NULL,
    blob_id BIGINT NOT NULL REFERENCES blobs (id),
    PRIMARY KEY (raw_id, place)
);
CREATE INDEX raw_blobs_blob ON raw_blobs (blob_id);

CREATE TABLE threads (
    id           {{id}},
    community_id BIGINT NOT NULL REFERENCES communities (id),
    subject      TEXT NOT NULL,
    subject_base {{text}} NOT NULL,
    posts        BIGINT NOT NULL,
    first_at     BIGINT NOT NULL,
    last_at      BIGINT NOT NULL,
    solved       BOOLEAN NOT NULL,
    title_base   {{text}} NOT NULL DEFAULT '' -- of a title that somebody gave it: then subject is that one, and stays
);
CREATE INDEX threads_solved ON threads (community_id, id) WHERE solved;
CREATE INDEX threads_subject ON threads (community_id, subject_base, last_at);
CREATE INDEX threads_title ON threads (community_id, title_base) WHERE title_base <> '';
CREATE INDEX threads_last ON threads (community_id, last_at);

CREATE TABLE thread_labels (
    thread_id BIGINT NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    label     {{text}} NOT NULL,
    PRIMARY KEY (thread_id, label)
);

-- Which thread has become part of which: numbers that people have been told still lead somewhere.
CREATE TABLE thread_moves (
    old_id    BIGINT PRIMARY KEY,
    thread_id BIGINT NOT NULL
);

CREATE TABLE posts (
    id           {{id}},
    community_id BIGINT NOT NULL REFERENCES communities (id),
    thread_id    BIGINT NOT NULL REFERENCES threads (id),
    parent_id    BIGINT NOT NULL DEFAULT 0, -- the post that it answers: see parents.go
    raw_id       BIGINT NOT NULL REFERENCES raw_messages (id),
    member_id    BIGINT NOT NULL,
    message_id   {{text}} NOT NULL,
    body_hash    {{bytes}} NOT NULL,
    from_address {{text}} NOT NULL,
    from_name    TEXT NOT NULL,
    subject      TEXT NOT NULL,
    sent_at      BIGINT NOT NULL,
    accepted_at  BIGINT NOT NULL,
    size         BIGINT NOT NULL,
    position     BIGINT NOT NULL UNIQUE, -- community and date: see search.go
    new_chars    BIGINT NOT NULL,
    quoted_chars BIGINT NOT NULL,
    state        BIGINT NOT NULL, -- 0, or 1 for a stub: what it said was erased
    kind         BIGINT NOT NULL DEFAULT 0, -- 1 for an issue of the newsletter: nobody's post, and no part of the measures
    split        BOOLEAN NOT NULL DEFAULT FALSE, -- somebody let a thread begin here: what it answers is in another one
    listed       BOOLEAN NOT NULL DEFAULT FALSE -- it went to the list; else it was imported
);
CREATE INDEX posts_message_id ON posts (message_id, community_id, id);
CREATE INDEX posts_thread ON posts (thread_id, sent_at);
CREATE INDEX posts_accepted ON posts (community_id, accepted_at);
CREATE INDEX posts_sent ON posts (community_id, sent_at);
CREATE INDEX posts_raw ON posts (raw_id);
CREATE INDEX posts_split ON posts (thread_id) WHERE split;
-- What somebody has written: whether anything, and when first.
CREATE INDEX posts_author ON posts (from_address, community_id, sent_at);
CREATE INDEX posts_member ON posts (member_id, community_id, accepted_at);
-- The mailboxes of the archive: all there is of a post in a list of them.
CREATE INDEX posts_mailbox ON posts (community_id, id, position);
CREATE INDEX posts_erased ON posts (community_id, id) WHERE state = 1;

CREATE TABLE attachments (
    post_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    part    {{text}} NOT NULL,
    name    TEXT NOT NULL,
    type    TEXT NOT NULL,
    size    BIGINT NOT NULL,
    hash    {{bytes}} NOT NULL,
    PRIMARY KEY (post_id, part)
);
CREATE INDEX attachments_hash ON attachments (hash);

-- Histories that are brought in: until one is finished, the archive of its community is not shown.
CREATE TABLE imports (
    id           {{id}},
    community_id BIGINT NOT NULL REFERENCES communities (id),
    source       TEXT NOT NULL,
    fingerprint  TEXT NOT NULL, -- of the source: while it is the same, how far it was read counts
    actor        TEXT NOT NULL,
    started_at   BIGINT NOT NULL,
    finished_at  BIGINT NOT NULL, -- 0 while it is not
    taken        BIGINT NOT NULL, -- messages from the beginning of the source that need not be read again
    added        BIGINT NOT NULL,
    duplicates   BIGINT NOT NULL,
    bad          BIGINT NOT NULL
);
CREATE INDEX imports_community ON imports (community_id, finished_at);

-- Messages that could not be filed, kept aside as they are.
CREATE TABLE import_problems (
    id           {{id}},
    community_id BIGINT NOT NULL REFERENCES communities (id),
    import_id    BIGINT NOT NULL,
    place        TEXT NOT NULL, -- where in the source
    reason       TEXT NOT NULL,
    raw_id       BIGINT NOT NULL REFERENCES raw_messages (id),
    at           BIGINT NOT NULL,
    UNIQUE (community_id, raw_id)
);
CREATE INDEX import_problems_raw ON import_problems (raw_id);

-- The words of posts by position.
{{search}}

-- What a post refers to: a parent that arrives late finds its children here. The nearest has distance 0.
CREATE TABLE post_references (
    community_id BIGINT NOT NULL,
    message_id   {{text}} NOT NULL,
    post_id      BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    distance     BIGINT NOT NULL,
    PRIMARY KEY (community_id, message_id, post_id)
){{clustered}};
CREATE INDEX post_references_post ON post_references (post_id);

CREATE TABLE holds (
    id           {{id}},
    community_id BIGINT NOT NULL REFERENCES communities (id),
    raw_id       BIGINT NOT NULL REFERENCES raw_messages (id),
    message_id   {{text}} NOT NULL,
    body_hash    {{bytes}} NOT NULL,
    sender       TEXT NOT NULL,
    from_address {{text}} NOT NULL,
    subject      TEXT NOT NULL,
    reason       TEXT NOT NULL,
    since        BIGINT NOT NULL,
    state        TEXT NOT NULL,
    decided_by   TEXT NOT NULL,
    decided_at   BIGINT NOT NULL,
    note         TEXT NOT NULL
);
CREATE INDEX holds_state ON holds (community_id, state, since);
CREATE INDEX holds_message_id ON holds (message_id, community_id, since);
CREATE INDEX holds_raw ON holds (raw_id);

-- A message on its way; deliveries of a post are expanded from it by subscription ID.
CREATE TABLE dispatches (
    id           {{id}},
    community_id BIGINT NOT NULL,
    kind         TEXT NOT NULL,
    post_id      BIGINT NOT NULL,
    raw_id       BIGINT NOT NULL REFERENCES raw_messages (id),
    sender       TEXT NOT NULL,
    rewrite_from BOOLEAN NOT NULL,
    require_tls  BOOLEAN NOT NULL,
    accepted_at  BIGINT NOT NULL,
    expanded_to  BIGINT NOT NULL, -- the last subscription that has its delivery
    expanding    BOOLEAN NOT NULL,
    secret       BOOLEAN NOT NULL -- a notice that nobody may read once it is delivered
);
CREATE INDEX dispatches_secret ON dispatches (id) WHERE secret;
CREATE INDEX dispatches_expanding ON dispatches (community_id, kind, id) WHERE expanding;
CREATE INDEX dispatches_post ON dispatches (post_id);
CREATE INDEX dispatches_raw ON dispatches (raw_id);

-- Who gets no copy of a post although subscribed: its author, and those who have it from To or Cc.
CREATE TABLE dispatch_skips (
    dispatch_id BIGINT NOT NULL REFERENCES dispatches (id) ON DELETE CASCADE,
    member_id   BIGINT NOT NULL,
    PRIMARY KEY (dispatch_id, member_id)
);

-- How far each flow of the queue has been ranked (start-time fair queueing).
CREATE TABLE flows (
    community_id BIGINT NOT NULL,
    kind         {{text}} NOT NULL,
    rank         BIGINT NOT NULL,
    PRIMARY KEY (community_id, kind)
);

CREATE TABLE workers (
    id          {{id}},
    lease_until BIGINT NOT NULL
);

CREATE TABLE deliveries (
    id              {{id}},
    dispatch_id     BIGINT NOT NULL,
    community_id    BIGINT NOT NULL,
    subscription_id BIGINT NOT NULL,
    recipient       TEXT NOT NULL,
    state           BIGINT NOT NULL,
    rank            BIGINT NOT NULL,
    worker          BIGINT NOT NULL,
    attempts        BIGINT NOT NULL,
    accepted_at     BIGINT NOT NULL,
    next_at         BIGINT NOT NULL,
    updated_at      BIGINT NOT NULL,
    in_doubt        BIGINT NOT NULL, -- attempts whose outcome the peer never told
    reply           TEXT NOT NULL
);
CREATE INDEX deliveries_waiting ON deliveries (rank, id) WHERE state = 0;
CREATE INDEX deliveries_claimed ON deliveries (worker) WHERE state = 1;
CREATE INDEX deliveries_deferred ON deliveries (next_at) WHERE state = 2;
CREATE INDEX deliveries_dispatch ON deliveries (dispatch_id);
CREATE INDEX deliveries_subscription ON deliveries (subscription_id) WHERE state <= 2;

CREATE TABLE journal (
    id           {{id}},
    at           BIGINT NOT NULL,
    community_id BIGINT NOT NULL,
    member_id    BIGINT NOT NULL,
    actor        TEXT NOT NULL, -- who did it: an address, or "postmaster"
    via          TEXT NOT NULL, -- how: "command", "mail <ID>", "ticket", "web"
    action       TEXT NOT NULL,
    before_state TEXT NOT NULL,
    after_state  TEXT NOT NULL
);
CREATE INDEX journal_member ON journal (member_id);
CREATE INDEX journal_community ON journal (community_id, id);
CREATE INDEX journal_at ON journal (community_id, at);

-- What is due later. A row fires once: taking it deletes it in the transaction that does the work.
CREATE TABLE schedule (
    id           {{id}},
    kind         {{text}} NOT NULL,
    community_id BIGINT NOT NULL,
    object_id    BIGINT NOT NULL,
    due_at       BIGINT NOT NULL,
    payload      TEXT NOT NULL,
    UNIQUE (kind, community_id, object_id)
);
CREATE INDEX schedule_due ON schedule (due_at);

-- What waits for somebody's word: to join, an invitation, to leave, commands by mail. A ticket names the row; it takes
-- effect when the row changes state, which happens once.
CREATE TABLE requests (
    id           {{id}},
    community_id BIGINT NOT NULL,
    kind         TEXT NOT NULL,
    address      {{text}} NOT NULL,
    payload      TEXT NOT NULL,
    state        TEXT NOT NULL,
    asked_at     BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    decided_by   TEXT NOT NULL,
    decided_at   BIGINT NOT NULL
);
CREATE INDEX requests_address ON requests (community_id, address);
CREATE INDEX requests_open ON requests (expires_at) WHERE state IN ('asked', 'confirmed');

-- How often something happened since a time: what keeps others from using us to flood people.
CREATE TABLE limits (
    name  {{text}} PRIMARY KEY,
    since BIGINT NOT NULL,
    n     BIGINT NOT NULL
);

-- Who may not write here, or not join: an address, a person (by any of theirs) or a domain, in one community or (0) all.
CREATE TABLE bans (
    id           {{id}},
    community_id BIGINT NOT NULL,
    kind         TEXT NOT NULL,
    value        {{text}} NOT NULL,
    reason       TEXT NOT NULL,
    until        BIGINT NOT NULL, -- 0 is for good
    actor        TEXT NOT NULL,
    at           BIGINT NOT NULL
);
CREATE INDEX bans_value ON bans (value);

-- Deliveries that failed, by the address: what suspends is on how many days mail to it failed. A failure counts at once,
-- or waits until it is known whether many others failed with it (state 0 waits, 1 counts, 2 is part of a mass failure).
CREATE TABLE failures (
    id              {{id}},
    address         {{text}} NOT NULL,
    domain          {{text}} NOT NULL, -- of the address
    day             BIGINT NOT NULL, -- since 1970, UTC
    at              BIGINT NOT NULL,
    hard            BOOLEAN NOT NULL,
    state           BIGINT NOT NULL,
    subscription_id BIGINT NOT NULL,
    dispatch_id     BIGINT NOT NULL, -- 0 where it is not known
    delivery_id     BIGINT NOT NULL, -- as well
    status          TEXT NOT NULL,
    reason          TEXT NOT NULL,
    UNIQUE (address, day, delivery_id)
);
CREATE INDEX failures_day ON failures (day);
CREATE INDEX failures_dispatch ON failures (dispatch_id);

-- Threads that a subscriber does not want, or wants although no others.
CREATE TABLE thread_modes (
    subscription_id BIGINT NOT NULL REFERENCES subscriptions (id) ON DELETE CASCADE,
    thread_id       BIGINT NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    mode            TEXT NOT NULL,
    PRIMARY KEY (subscription_id, thread_id)
);
CREATE INDEX thread_modes_thread ON thread_modes (thread_id);

CREATE TABLE thanks (
    id           {{id}},
    community_id BIGINT NOT NULL REFERENCES communities (id),
    from_member  BIGINT NOT NULL,
    to_member    BIGINT NOT NULL,
    note         TEXT NOT NULL,
    at           BIGINT NOT NULL,
    post_id      BIGINT NOT NULL DEFAULT 0, -- that they stood in, 0 for none
    untold       BOOLEAN NOT NULL DEFAULT FALSE -- who was thanked is to hear of it
);
CREATE INDEX thanks_community ON thanks (community_id, at);
CREATE INDEX thanks_from ON thanks (from_member, community_id, at);
CREATE INDEX thanks_to ON thanks (to_member, community_id, at);
CREATE INDEX thanks_untold ON thanks (to_member, community_id) WHERE untold;

-- Issues of newsletters. Who has their copy is told by how far sending got: subscriptions up to sent_to have.
CREATE TABLE newsletters (
    id           {{id}},
    community_id BIGINT NOT NULL REFERENCES communities (id),
    state        TEXT NOT NULL,
    planned_at   BIGINT NOT NULL, -- when the schedule wanted it: for each such time there is one
    from_at      BIGINT NOT NULL, -- what happened after it
    until_at     BIGINT NOT NULL, -- up to it
    send_at      BIGINT NOT NULL,
    content      TEXT NOT NULL,   -- sections, JSON
    revision     BIGINT NOT NULL, -- rises with each edit
    sent_to      BIGINT NOT NULL,
    readers      BIGINT NOT NULL, -- how many have their copy
    post_id      BIGINT NOT NULL, -- in the archive, 0 before
    thread_id    BIGINT NOT NULL,
    decided_by   TEXT NOT NULL,
    decided_at   BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    sent_at      BIGINT NOT NULL, -- when the last copy was queued, 0 before
    UNIQUE (community_id, planned_at)
);
CREATE INDEX newsletters_community ON newsletters (community_id, id);
CREATE INDEX newsletters_thread ON newsletters (thread_id) WHERE thread_id <> 0;

-- What facilitators want in the next issue.
CREATE TABLE newsletter_notes (
    id              {{id}},
    community_id    BIGINT NOT NULL REFERENCES communities (id),
    subscription_id BIGINT NOT NULL, -- whose it is
    message_id      {{text}} NOT NULL,
    title           TEXT NOT NULL,
    note            TEXT NOT NULL,
    at              BIGINT NOT NULL,
    newsletter_id   BIGINT NOT NULL, -- the issue that has it, 0 before, -1 until it is confirmed
    UNIQUE (community_id, message_id)
);
CREATE INDEX newsletter_notes_next ON newsletter_notes (community_id, id) WHERE newsletter_id = 0;

-- What became of the report on each month.
CREATE TABLE reports (
    community_id BIGINT NOT NULL REFERENCES communities (id),
    month        BIGINT NOT NULL, -- 202610
    state        TEXT NOT NULL,
    send_at      BIGINT NOT NULL,
    sent_at      BIGINT NOT NULL, -- 0 before
    readers      BIGINT NOT NULL, -- sponsors who have it
    PRIMARY KEY (community_id, month)
);

-- Meetings. When one is, is a time of day in a zone, as it was called: its dates follow from rule and zone.
CREATE TABLE meetings (
    id           {{id}},
    community_id BIGINT NOT NULL REFERENCES communities (id),
    uid          {{text}} NOT NULL,
    title        TEXT NOT NULL,
    location     TEXT NOT NULL,
    description  TEXT NOT NULL,
    starts       TEXT NOT NULL, -- on the clocks of the zone: 2026-08-10T15:00:00
    timezone     TEXT NOT NULL,
    seconds      BIGINT NOT NULL, -- how long it takes
    rule         TEXT NOT NULL,   -- RRULE, "" for one date
    sequence     BIGINT NOT NULL,
    state        TEXT NOT NULL,
    actor        TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    ends_at      BIGINT NOT NULL, -- the end of its last date
    settings     TEXT NOT NULL,   -- as MeetingSettings
    changes      TEXT NOT NULL,   -- dates that differ: an array of DateChange
    times        TEXT NOT NULL,   -- when it was at which time: an array of TimeOf
    revision     BIGINT NOT NULL, -- rises with each change, also one that nobody hears of
    changed_at   BIGINT NOT NULL, -- when what people see of it changed last
    seen         BIGINT NOT NULL, -- the journal's entry up to which its invitations are those of the members; -1: look again
    UNIQUE (community_id, uid)
);
CREATE INDEX meetings_ends ON meetings (ends_at);

-- Meetings in people's own calendars to which they invited a list address.
CREATE TABLE calls (
    id              {{id}},
    community_id    BIGINT NOT NULL REFERENCES communities (id),
    uid             {{text}} NOT NULL, -- in that calendar; the community's own meeting has another
    address         {{text}} NOT NULL, -- whose calendar it is
    name            TEXT NOT NULL,
    subscription_id BIGINT NOT NULL, -- 0 for who is no member
    meeting_uid     TEXT NOT NULL,
    state           TEXT NOT NULL,
    payload         TEXT NOT NULL, -- what is asked for, JSON
    asked_at        BIGINT NOT NULL,
    expires_at      BIGINT NOT NULL, -- of a proposal
    decided_by      TEXT NOT NULL,
    decided_at      BIGINT NOT NULL,
    revision        BIGINT NOT NULL, -- rises with each write
    UNIQUE (community_id, uid, address)
);
CREATE INDEX calls_expire ON calls (expires_at) WHERE state = 'proposed';
CREATE INDEX calls_address ON calls (address);

-- What a meeting said, from a revision on: people hear what is not as they were told.
CREATE TABLE meeting_versions (
    meeting_id BIGINT NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    revision   BIGINT NOT NULL,
    said       TEXT NOT NULL,
    PRIMARY KEY (meeting_id, revision)
);
-- Date polls: the members choose when a meeting is to be.
CREATE TABLE polls (
    id           {{id}},
    community_id BIGINT NOT NULL REFERENCES communities (id),
    request_id   BIGINT NOT NULL,
    uid          {{text}} NOT NULL,
    title        TEXT NOT NULL,
    location     TEXT NOT NULL,
    description  TEXT NOT NULL,
    state        TEXT NOT NULL,
    actor        TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    closes_at    BIGINT NOT NULL,
    chosen       BIGINT NOT NULL, -- the number of the option that became the meeting; 0 for none
    seen         BIGINT NOT NULL, -- as that of meetings
    done         BOOLEAN NOT NULL, -- it is closed, and everybody knows
    UNIQUE (community_id, uid)
);
CREATE INDEX polls_busy ON polls (id) WHERE NOT done;

CREATE TABLE poll_options (
    poll_id  BIGINT NOT NULL REFERENCES polls (id) ON DELETE CASCADE,
    number   BIGINT NOT NULL,
    uid      {{text}} NOT NULL, -- of the hold, and of the meeting if it wins
    starts   TEXT NOT NULL,     -- as that of meetings
    timezone TEXT NOT NULL,
    seconds  BIGINT NOT NULL,
    PRIMARY KEY (poll_id, number)
);

-- Who was asked, and has heard what since.
CREATE TABLE poll_asked (
    poll_id         BIGINT NOT NULL REFERENCES polls (id) ON DELETE CASCADE,
    subscription_id BIGINT NOT NULL REFERENCES subscriptions (id) ON DELETE CASCADE,
    token           TEXT NOT NULL, -- of the ticket: the organiser of the holds
    asked_at        BIGINT NOT NULL,
    reminded        BOOLEAN NOT NULL,
    told            BOOLEAN NOT NULL, -- that it is closed
    PRIMARY KEY (poll_id, subscription_id)
);
CREATE INDEX poll_asked_subscription ON poll_asked (subscription_id);

CREATE TABLE poll_votes (
    poll_id         BIGINT NOT NULL REFERENCES polls (id) ON DELETE CASCADE,
    subscription_id BIGINT NOT NULL REFERENCES subscriptions (id) ON DELETE CASCADE,
    number          BIGINT NOT NULL, -- of the option
    answer          TEXT NOT NULL,
    source          TEXT NOT NULL,
    at              BIGINT NOT NULL,
    stamp           BIGINT NOT NULL,
    PRIMARY KEY (poll_id, subscription_id, number)
);
CREATE INDEX poll_votes_subscription ON poll_votes (subscription_id);

-- What each was last told of a meeting.
CREATE TABLE invitations (
    meeting_id      BIGINT NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    subscription_id BIGINT NOT NULL REFERENCES subscriptions (id) ON DELETE CASCADE,
    address         TEXT NOT NULL,
    token           TEXT NOT NULL, -- of the ticket: it stays the same, since calendars compare organisers
    state           TEXT NOT NULL,
    sequence        BIGINT NOT NULL,
    revision        BIGINT NOT NULL, -- of the meeting, when it was last sent
    sent_at         BIGINT NOT NULL,
    PRIMARY KEY (meeting_id, subscription_id)
);
CREATE INDEX invitations_subscription ON invitations (subscription_id);

-- Answers: to a whole meeting, to one date of it, or to that one and all later ones.
CREATE TABLE rsvps (
    meeting_id      BIGINT NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    subscription_id BIGINT NOT NULL REFERENCES subscriptions (id) ON DELETE CASCADE,
    occurrence      {{text}} NOT NULL, -- "" for the whole
    later           BOOLEAN NOT NULL,
    answer          TEXT NOT NULL,
    comment         TEXT NOT NULL,
    source          TEXT NOT NULL, -- where it came from: "page", "text <ID>", "calendar <ID>"
    at              BIGINT NOT NULL,
    sequence        BIGINT NOT NULL, -- of what was answered
    stamp           BIGINT NOT NULL, -- when it was given, by the clock of who gave it
    stale           BOOLEAN NOT NULL, -- the meeting has changed since
    delegate        TEXT NOT NULL, -- who comes instead, with declined; "" for nobody
    PRIMARY KEY (meeting_id, subscription_id, occurrence, later)
);
CREATE INDEX rsvps_subscription ON rsvps (subscription_id);

-- Other times that people propose for a meeting, or for one date of it.
CREATE TABLE proposals (
    id              {{id}},
    meeting_id      BIGINT NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    subscription_id BIGINT NOT NULL REFERENCES subscriptions (id) ON DELETE CASCADE,
    occurrence      {{text}} NOT NULL, -- "" for the whole
    starts          BIGINT NOT NULL,
    seconds         BIGINT NOT NULL,
    place           TEXT NOT NULL, -- "" leaves it
    comment         TEXT NOT NULL,
    source          TEXT NOT NULL, -- as in rsvps
    at              BIGINT NOT NULL,
    sequence        BIGINT NOT NULL, -- of the invitation that was answered
    stamp           BIGINT NOT NULL, -- when it was proposed, by the clock of who did
    state           TEXT NOT NULL,
    told            BOOLEAN NOT NULL -- the facilitators have heard of it
);
CREATE INDEX proposals_meeting ON proposals (meeting_id, subscription_id, occurrence);
CREATE INDEX proposals_subscription ON proposals (subscription_id);

-- What people want from a date of a meeting.
CREATE TABLE wishes (
    id              {{id}},
    meeting_id      BIGINT NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    subscription_id BIGINT NOT NULL REFERENCES subscriptions (id) ON DELETE CASCADE,
    occurrence      {{text}} NOT NULL, -- "" where the meeting has one date alone
    wish            {{text}} NOT NULL,
    source          TEXT NOT NULL, -- "page", "text <ID>"
    at              BIGINT NOT NULL,
    UNIQUE (meeting_id, occurrence, subscription_id, wish)
);
CREATE INDEX wishes_subscription ON wishes (subscription_id);

-- Up to when each has heard of what people answered.
CREATE TABLE rollups (
    subscription_id BIGINT PRIMARY KEY REFERENCES subscriptions (id) ON DELETE CASCADE,
    at              BIGINT NOT NULL
);

-- What people were told ahead of a date, so that nobody hears it twice, whatever the clock does.
CREATE TABLE reminders (
    meeting_id      BIGINT NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    subscription_id BIGINT NOT NULL REFERENCES subscriptions (id) ON DELETE CASCADE,
    kind            {{text}} NOT NULL, -- as ReminderKind
    starts_at       BIGINT NOT NULL, -- the date
    moment          BIGINT NOT NULL, -- for when the last one was meant
    PRIMARY KEY (meeting_id, subscription_id, kind, starts_at)
);
CREATE INDEX reminders_subscription ON reminders (subscription_id);
CREATE INDEX reminders_starts ON reminders (starts_at);

-- Dates of meetings that have begun, or were cancelled before they did: what became of them.
CREATE TABLE occurrences (
    id           {{id}},
    community_id BIGINT NOT NULL REFERENCES communities (id),
    meeting_id   BIGINT NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    occurrence   {{text}} NOT NULL, -- which date, "" for a meeting that has one
    title        TEXT NOT NULL,
    starts_at    BIGINT NOT NULL,
    ends_at      BIGINT NOT NULL,
    invited_at   BIGINT NOT NULL, -- when people were first invited; 0 for never
    cancelled_at BIGINT NOT NULL, -- 0 for never
    host_id      BIGINT NOT NULL, -- the subscription, 0 for the facilitators together
    told_at      BIGINT NOT NULL, -- when somebody said who came; 0 for never
    minutes      TEXT NOT NULL,   -- "" for none
    minutes_id   {{text}} NOT NULL, -- the Message-ID that they are posted with
    minutes_by   BIGINT NOT NULL, -- the subscription, 0 for nobody of them
    source       TEXT NOT NULL,   -- of the minutes, as in attendances
    revision     BIGINT NOT NULL, -- each change of a date or of what is about it has the community's next one
    UNIQUE (meeting_id, occurrence)
);
CREATE INDEX occurrences_revision ON occurrences (community_id, revision);
CREATE INDEX occurrences_starts ON occurrences (community_id, starts_at);
CREATE INDEX occurrences_host ON occurrences (host_id) WHERE host_id <> 0;
CREATE INDEX occurrences_minutes ON occurrences (minutes_by) WHERE minutes_by <> 0;

-- Who was invited to a date, what they had answered when it began, and whether they came.
CREATE TABLE attendances (
    occurrence_id   BIGINT NOT NULL REFERENCES occurrences (id) ON DELETE CASCADE,
    subscription_id BIGINT NOT NULL REFERENCES subscriptions (id) ON DELETE CASCADE,
    invited         BOOLEAN NOT NULL,
    answer          TEXT NOT NULL,   -- "" for none
    answered_at     BIGINT NOT NULL,
    came            BOOLEAN NOT NULL,
    source          TEXT NOT NULL,   -- where that is from: "page", "command", "text <ID>"; "" where nobody said
    at              BIGINT NOT NULL,
    asked_at        BIGINT NOT NULL, -- when they were asked how it was; 0 for never
    PRIMARY KEY (occurrence_id, subscription_id)
);
CREATE INDEX attendances_subscription ON attendances (subscription_id);

-- How people found a date of a meeting.
CREATE TABLE feedbacks (
    occurrence_id   BIGINT NOT NULL REFERENCES occurrences (id) ON DELETE CASCADE,
    subscription_id BIGINT NOT NULL REFERENCES subscriptions (id) ON DELETE CASCADE,
    rating          BIGINT NOT NULL, -- 1 to 5
    comment         TEXT NOT NULL,
    source          TEXT NOT NULL,
    at              BIGINT NOT NULL,
    PRIMARY KEY (occurrence_id, subscription_id)
);
CREATE INDEX feedbacks_subscription ON feedbacks (subscription_id);

-- What somebody is to do, as the minutes of a meeting have it.
CREATE TABLE actions (
    id              {{id}},
    community_id    BIGINT NOT NULL REFERENCES communities (id),
    occurrence_id   BIGINT NOT NULL REFERENCES occurrences (id) ON DELETE CASCADE,
    subscription_id BIGINT NOT NULL, -- whose it is, 0 where that is not known
    owner           TEXT NOT NULL, -- as it was written
    what            TEXT NOT NULL,
    due_on          TEXT NOT NULL, -- 2026-12-10; "" for no date
    state           TEXT NOT NULL,
    made_at         BIGINT NOT NULL,
    changed_at      BIGINT NOT NULL,
    source          TEXT NOT NULL -- of its state, as in attendances
);
CREATE INDEX actions_community ON actions (community_id, id);
CREATE INDEX actions_open ON actions (community_id, id) WHERE state = 'open';
CREATE INDEX actions_occurrence ON actions (occurrence_id);
CREATE INDEX actions_owner ON actions (subscription_id) WHERE subscription_id <> 0;

-- Where people stand who said yes to a meeting that has room for so many: see places.go.
CREATE TABLE places (
    meeting_id      BIGINT NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    subscription_id BIGINT NOT NULL REFERENCES subscriptions (id) ON DELETE CASCADE,
    occurrence      {{text}} NOT NULL, -- "" for the whole
    state           TEXT NOT NULL,
    position        BIGINT NOT NULL, -- rises with each who comes in
    until_at        BIGINT NOT NULL, -- of an offer, else 0
    told            BOOLEAN NOT NULL, -- they know
    PRIMARY KEY (meeting_id, subscription_id, occurrence)
);
CREATE INDEX places_order ON places (meeting_id, position);
CREATE INDEX places_subscription ON places (subscription_id);
CREATE INDEX places_taken ON places (meeting_id, occurrence) WHERE state IN ('seated', 'offered');
CREATE INDEX places_waiting ON places (meeting_id, position) WHERE state = 'waiting';
CREATE INDEX places_offered ON places (meeting_id, until_at) WHERE state = 'offered';
CREATE INDEX places_untold ON places (meeting_id, position) WHERE NOT told;

-- A mailbox on another server that mail is fetched from, and how far it was looked through.
CREATE TABLE imap_mailboxes (
    id           {{id}},
    account      {{text}} NOT NULL, -- user and server
    mailbox      {{text}} NOT NULL,
    uid_validity BIGINT NOT NULL, -- 0 where it was never opened
    history_to   BIGINT NOT NULL, -- the last UID that was there when it was opened first
    last_uid     BIGINT NOT NULL, -- each up to it is done with, or stands in imap_open
    holder       TEXT NOT NULL, -- the daemon that watches it
    held_until   BIGINT NOT NULL,
    UNIQUE (account, mailbox)
);

-- Messages of a mailbox with which something is still to be done, or nothing can be.
CREATE TABLE imap_open (
    mailbox_id BIGINT NOT NULL REFERENCES imap_mailboxes (id) ON DELETE CASCADE,
    uid        BIGINT NOT NULL,
    state      BIGINT NOT NULL,
    tries      BIGINT NOT NULL,
    since      BIGINT NOT NULL,
    next_at    BIGINT NOT NULL,
    reason     TEXT NOT NULL,
    PRIMARY KEY (mailbox_id, uid)
);
CREATE INDEX imap_open_due ON imap_open (mailbox_id, next_at) WHERE state < 3;

-- What was handled, by a hash of its bytes and its recipient: so it is known again under another UID.
CREATE TABLE imap_handled (
    hash {{bytes}} PRIMARY KEY,
    at   BIGINT NOT NULL
);
CREATE INDEX imap_handled_at ON imap_handled (at);

-- Passwords for programs that read the archive in a member's name. The password itself is not kept.
CREATE TABLE app_passwords (
    id         {{id}},
    member_id  BIGINT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    name       TEXT NOT NULL, -- what its owner calls it: "my laptop"
    hash       TEXT NOT NULL, -- as mail.HashPassword makes it
    created_at BIGINT NOT NULL,
    used_at    BIGINT NOT NULL -- 0 for never; kept once a day
);
CREATE INDEX app_passwords_member ON app_passwords (member_id);

-- Addresses at which calendar programs fetch meetings: of a community, of a member in it, or in all their communities.
CREATE TABLE feeds (
    id           {{id}},
    community_id BIGINT NOT NULL, -- 0 for all of the member's
    member_id    BIGINT NOT NULL, -- 0 for the community's own
    hash         {{bytes}} NOT NULL UNIQUE, -- of the secret
    secret       TEXT NOT NULL, -- "" once it is revoked
    created_at   BIGINT NOT NULL,
    revoked_at   BIGINT NOT NULL, -- 0 while it is good
    etag         TEXT NOT NULL, -- of what it held when it was fetched last
    changed_at   BIGINT NOT NULL, -- when it was seen first that it holds that
    used_at      BIGINT NOT NULL -- 0 for never; kept once a day
);
CREATE UNIQUE INDEX feeds_owner ON feeds (community_id, member_id) WHERE revoked_at = 0;
CREATE INDEX feeds_member ON feeds (member_id);

-- What members marked in the archive: for each flag, one bit for each of the 4,096 posts whose IDs begin at 4,096 * chunk.
CREATE TABLE post_flags (
    member_id    BIGINT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    community_id BIGINT NOT NULL,
    flag         {{text}} NOT NULL,
    chunk        BIGINT NOT NULL,
    bits         {{bytes}} NOT NULL,
    PRIMARY KEY (member_id, community_id, flag, chunk)
);

-- Folders of the archive that a member chose to see, or not to see, otherwise than they are shown by themselves.
CREATE TABLE folder_choices (
    member_id BIGINT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    folder    {{text}} NOT NULL,
    shown     BOOLEAN NOT NULL,
    PRIMARY KEY (member_id, folder)
);

-- Who was erased, as a keyed hash of each address: so that a ban survives, and a backup that is restored can be cleaned.
CREATE TABLE erasures (
    hash {{text}} PRIMARY KEY,
    at   BIGINT NOT NULL
);
