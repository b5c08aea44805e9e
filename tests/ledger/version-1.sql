-- A ledger as version 1 of its schema held it; never altered, see test_ledger.py.
BEGIN TRANSACTION;
CREATE TABLE answers (
        reading INTEGER NOT NULL REFERENCES readings ON DELETE CASCADE,
        position INTEGER NOT NULL, reference TEXT NOT NULL, text TEXT NOT NULL,
        PRIMARY KEY (reading, position)) WITHOUT ROWID;
INSERT INTO "answers" VALUES(1,0,'headcount','34');
INSERT INTO "answers" VALUES(1,1,'signed','a');
INSERT INTO "answers" VALUES(2,0,'headcount','34');
INSERT INTO "answers" VALUES(2,1,'signed','b');
CREATE TABLE decisions (
        id INTEGER PRIMARY KEY,
        form TEXT NOT NULL, unit_code TEXT NOT NULL, unit_key TEXT NOT NULL, round TEXT NOT NULL,
        criterion INTEGER, score INTEGER, reason TEXT NOT NULL, reviewer TEXT NOT NULL,
        moment TEXT NOT NULL, about TEXT NOT NULL);
INSERT INTO "decisions" VALUES(1,'form-2569','0012','0012','2569-05',NULL,NULL,'ตรวจแล้ว','สมศรี','2026-06-01T02:30:15.000250+00:00','3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d');
CREATE TABLE extensions (
        round TEXT NOT NULL, unit INTEGER NOT NULL, position INTEGER NOT NULL, form TEXT NOT NULL,
        due TEXT NOT NULL, until TEXT NOT NULL, reason TEXT NOT NULL,
        PRIMARY KEY (round, unit, position),
        FOREIGN KEY (round, unit) REFERENCES units (round, position) ON DELETE CASCADE);
INSERT INTO "extensions" VALUES('2569-04',1,0,'form-2569','2026-05-31','2026-06-15','น้ำท่วม');
INSERT INTO "extensions" VALUES('2569-05',1,0,'form-2569','2026-05-31','2026-06-15','น้ำท่วม');
CREATE TABLE findings (
        reading INTEGER NOT NULL REFERENCES readings ON DELETE CASCADE,
        position INTEGER NOT NULL, code TEXT NOT NULL, severity TEXT NOT NULL,
        sheet TEXT NOT NULL, cell TEXT NOT NULL, field TEXT NOT NULL,
        message_th TEXT NOT NULL, message_en TEXT NOT NULL,
        PRIMARY KEY (reading, position));
INSERT INTO "findings" VALUES(2,0,'MX-405','info','','','','ไฟล์นี้เหมือนกับ “x” ทุกไบต์ จึงนับครั้งเดียว','This file is the same as “x”, byte for byte, and counts once.');
CREATE TABLE forms (
        round TEXT NOT NULL REFERENCES rounds ON DELETE CASCADE,
        position INTEGER NOT NULL, form TEXT NOT NULL, version TEXT NOT NULL, title TEXT NOT NULL,
        PRIMARY KEY (round, form));
INSERT INTO "forms" VALUES('2569-04',0,'form-2569','1.0','แบบประเมิน ๒๕๖๙');
INSERT INTO "forms" VALUES('2569-05',0,'form-2569','1.0','แบบประเมิน ๒๕๖๙');
CREATE TABLE readings (
        id INTEGER PRIMARY KEY,
        round TEXT NOT NULL REFERENCES rounds ON DELETE CASCADE,
        sha256 TEXT NOT NULL, answers_sha256 TEXT NOT NULL,
        form TEXT NOT NULL, form_version TEXT NOT NULL,
        unit_code TEXT NOT NULL, unit_key TEXT NOT NULL, unit_name TEXT NOT NULL,
        state TEXT NOT NULL, verdict TEXT NOT NULL,
        total INTEGER, level INTEGER, level_th TEXT NOT NULL, level_en TEXT NOT NULL,
        UNIQUE (round, sha256));
INSERT INTO "readings" VALUES(1,'2569-04','ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb','049d0cdd66090aaf1350cc09b5d888117dbbc0703328278225933855a009c9bf','form-2569','1.0','0012','0012','กองกลาง','counted','accepted',20,2,'พัฒนา','developing');
INSERT INTO "readings" VALUES(2,'2569-05','3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d','5e5726f42e970bd9275bedd16696ea30381b26247d1bbcc33407b10345fabc88','form-2569','1.0','0012','0012','กองกลาง','counted','accepted',23,2,'พัฒนา','developing');
INSERT INTO "readings" VALUES(3,'2569-05','2db2511da59d8d8474d219902ee221beed727f0494b86c3d6589a358967f77e5','','','','','','','rejected','rejected',NULL,NULL,'','');
CREATE TABLE receipts (
        round TEXT NOT NULL, position INTEGER NOT NULL, sha256 TEXT NOT NULL, file TEXT NOT NULL,
        sender TEXT NOT NULL, message_id TEXT NOT NULL, received TEXT, received_from TEXT,
        PRIMARY KEY (round, position),
        FOREIGN KEY (round, sha256) REFERENCES readings (round, sha256) ON DELETE CASCADE);
INSERT INTO "receipts" VALUES('2569-04',0,'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb','a.xlsx','officer@example.go.th','a@example.go.th','2026-05-20','mail');
INSERT INTO "receipts" VALUES('2569-05',0,'3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d','b.xlsx','officer@example.go.th','b@example.go.th','2026-05-20','mail');
INSERT INTO "receipts" VALUES('2569-05',1,'2db2511da59d8d8474d219902ee221beed727f0494b86c3d6589a358967f77e5','เสีย.xlsx','officer@example.go.th','เสีย.xlsx@example.go.th','2026-05-20','mail');
CREATE TABLE results (
        round TEXT NOT NULL REFERENCES rounds ON DELETE CASCADE,
        position INTEGER NOT NULL, form TEXT NOT NULL, unit_code TEXT NOT NULL,
        unit_key TEXT NOT NULL, entry TEXT NOT NULL,
        PRIMARY KEY (round, position));
INSERT INTO "results" VALUES('2569-04',0,'form-2569','0012','0012','{"form": "form-2569", "unit_code": "0012", "timeliness": [{"label": "ครั้งที่ ๑", "due": "2026-05-31", "until": "2026-05-31", "timing": "on_time", "days": 0}]}');
INSERT INTO "results" VALUES('2569-05',0,'form-2569','0012','0012','{"form": "form-2569", "unit_code": "0012", "timeliness": [{"label": "ครั้งที่ ๑", "due": "2026-05-31", "until": "2026-05-31", "timing": "on_time", "days": 0}]}');
CREATE TABLE rounds (round TEXT PRIMARY KEY, program TEXT NOT NULL);
INSERT INTO "rounds" VALUES('2569-04','0.2.0');
INSERT INTO "rounds" VALUES('2569-05','0.2.0');
CREATE TABLE scores (
        reading INTEGER NOT NULL REFERENCES readings ON DELETE CASCADE,
        number INTEGER NOT NULL, claimed INTEGER, computed INTEGER NOT NULL,
        PRIMARY KEY (reading, number));
INSERT INTO "scores" VALUES(1,1,3,2);
INSERT INTO "scores" VALUES(1,2,NULL,1);
INSERT INTO "scores" VALUES(2,1,3,2);
INSERT INTO "scores" VALUES(2,2,NULL,1);
CREATE TABLE sent (
        sha256 TEXT NOT NULL, recipient TEXT NOT NULL, tried TEXT NOT NULL, accepted TEXT,
        PRIMARY KEY (sha256, recipient));
INSERT INTO "sent" VALUES('ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff','officer@example.go.th','2026-06-01T02:30:15.000250+00:00','2026-06-01T02:30:15.000250+00:00');
CREATE TABLE unit_forms (
        round TEXT NOT NULL, unit INTEGER NOT NULL, position INTEGER NOT NULL, form TEXT NOT NULL,
        PRIMARY KEY (round, unit, position),
        FOREIGN KEY (round, unit) REFERENCES units (round, position) ON DELETE CASCADE);
INSERT INTO "unit_forms" VALUES('2569-04',0,0,'form-2569');
INSERT INTO "unit_forms" VALUES('2569-05',0,0,'form-2569');
CREATE TABLE units (
        round TEXT NOT NULL REFERENCES rounds ON DELETE CASCADE,
        position INTEGER NOT NULL, unit_code TEXT NOT NULL, unit_key TEXT NOT NULL,
        name TEXT NOT NULL, short_name TEXT NOT NULL, department TEXT NOT NULL,
        executive TEXT NOT NULL, email TEXT NOT NULL, headcount INTEGER,
        PRIMARY KEY (round, position));
INSERT INTO "units" VALUES('2569-04',0,'0012','0012','กองกลาง','','','','gen@example.go.th',34);
INSERT INTO "units" VALUES('2569-04',1,'0013','0013','กองคลัง','','','','',NULL);
INSERT INTO "units" VALUES('2569-05',0,'0012','0012','กองกลาง','','','','gen@example.go.th',34);
INSERT INTO "units" VALUES('2569-05',1,'0013','0013','กองคลัง','','','','',NULL);
CREATE INDEX readings_of_unit ON readings (form, unit_key, round);
CREATE INDEX readings_of_file ON readings (sha256, round);
CREATE INDEX receipts_of_file ON receipts (round, sha256);
CREATE UNIQUE INDEX decisions_once ON decisions (
        form, unit_key, round, ifnull(criterion, ''), ifnull(score, ''), reason, reviewer,
        moment);
CREATE VIEW submissions AS
        SELECT sha256, answers_sha256, form, form_version, unit_code, unit_name,
            (SELECT min(round) FROM readings AS r WHERE r.sha256 = readings.sha256) AS first_round,
            round AS last_round
        FROM readings
        WHERE round = (SELECT max(round) FROM readings AS r WHERE r.sha256 = readings.sha256);
CREATE VIEW deliveries AS
        SELECT sha256, message_id, sender, file, received, received_from, min(round) AS first_round
        FROM receipts
        GROUP BY iif(sha256 LIKE 'unread:%', file, sha256), message_id,
            iif(message_id = '', file, ''), iif(message_id = '', ifnull(received, ''), '');
COMMIT;
PRAGMA application_id = 1297239128;
PRAGMA user_version = 1;
