-- A ledger as version 3 of its schema held it; never altered, see test_ledger_year.py.
BEGIN TRANSACTION;
CREATE TABLE events (
        id INTEGER PRIMARY KEY,
        round TEXT NOT NULL, kind TEXT NOT NULL, form TEXT NOT NULL, unit_key TEXT NOT NULL,
        criterion INTEGER NOT NULL, item TEXT NOT NULL, value TEXT NOT NULL,
        reason TEXT NOT NULL, reviewer TEXT NOT NULL, about TEXT NOT NULL,
        desk INTEGER);
INSERT INTO "events" VALUES(1,'2569-05','score','form-2569','0012',1,'','2','ตรวจแล้ว','สมศรี','049d0cdd66090aaf1350cc09b5d888117dbbc0703328278225933855a009c9bf',NULL);
INSERT INTO "events" VALUES(2,'2569-05','verdict','form-2569','0012',0,'','accepted','ตรวจแล้ว','สมศรี','049d0cdd66090aaf1350cc09b5d888117dbbc0703328278225933855a009c9bf',NULL);
INSERT INTO "events" VALUES(3,'2569-06','verdict','form-2569','0012',0,'','','ตรวจแล้ว','สมศรี','049d0cdd66090aaf1350cc09b5d888117dbbc0703328278225933855a009c9bf',NULL);
INSERT INTO "events" VALUES(4,'2569-06','owner','','',0,'8254c329a92850f6d539dd376f4816ee2764517da5e0235514af433164480d7a','0013','ตรวจแล้ว','สมศรี','049d0cdd66090aaf1350cc09b5d888117dbbc0703328278225933855a009c9bf',2);
INSERT INTO "events" VALUES(5,'2569-06','use','','',0,'2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881','leave','ตรวจแล้ว','สมศรี','049d0cdd66090aaf1350cc09b5d888117dbbc0703328278225933855a009c9bf',2);
INSERT INTO "events" VALUES(6,'2569-06','letter','','',0,'replies/0012.eml','hold','ตรวจแล้ว','สมศรี','049d0cdd66090aaf1350cc09b5d888117dbbc0703328278225933855a009c9bf',2);
INSERT INTO "events" VALUES(7,'2569-05','due','form-2569','0013',0,'','2026-07-31','ตรวจแล้ว','สมศรี','049d0cdd66090aaf1350cc09b5d888117dbbc0703328278225933855a009c9bf',NULL);
CREATE TABLE extensions (
        round TEXT NOT NULL, unit INTEGER NOT NULL, position INTEGER NOT NULL, form TEXT NOT NULL,
        due TEXT NOT NULL, until TEXT NOT NULL, reason TEXT NOT NULL,
        PRIMARY KEY (round, unit, position),
        FOREIGN KEY (round, unit) REFERENCES units (round, position) ON DELETE CASCADE);
INSERT INTO "extensions" VALUES('2569-05',1,0,'form-2569','2026-05-31','2026-06-15','น้ำท่วม');
INSERT INTO "extensions" VALUES('2569-06',1,0,'form-2569','2026-05-31','2026-06-15','น้ำท่วม');
INSERT INTO "extensions" VALUES('2569-04',1,0,'form-2569','2026-05-31','2026-06-15','น้ำท่วม');
CREATE TABLE findings (
        reading INTEGER NOT NULL REFERENCES readings ON DELETE CASCADE,
        position INTEGER NOT NULL, code TEXT NOT NULL, severity TEXT NOT NULL,
        sheet TEXT NOT NULL, cell TEXT NOT NULL, field TEXT NOT NULL,
        message_th TEXT NOT NULL, message_en TEXT NOT NULL,
        PRIMARY KEY (reading, position));
INSERT INTO "findings" VALUES(8,0,'MX-402','warning','แบบ','C9','signed','“บุคลากร” ในแบบคือ 9 แต่ทะเบียนหน่วยงานมี 8','“บุคลากร” is 9 in the form, but 8 in the unit registry.');
INSERT INTO "findings" VALUES(8,1,'MX-403','info','','','','ไฟล์นี้ถูกแทนด้วยไฟล์ที่ใหม่กว่าของหน่วยงานเดียวกัน (x)','This file is replaced by a newer one of the same unit (x).');
INSERT INTO "findings" VALUES(9,0,'MX-402','warning','แบบ','C9','signed','“บุคลากร” ในแบบคือ 9 แต่ทะเบียนหน่วยงานมี 8','“บุคลากร” is 9 in the form, but 8 in the unit registry.');
INSERT INTO "findings" VALUES(9,1,'MX-403','info','','','','ไฟล์นี้ถูกแทนด้วยไฟล์ที่ใหม่กว่าของหน่วยงานเดียวกัน (x)','This file is replaced by a newer one of the same unit (x).');
INSERT INTO "findings" VALUES(11,0,'MX-405','info','','','','ไฟล์นี้เหมือนกับ “x” ทุกไบต์ จึงนับครั้งเดียว','This file is the same as “x”, byte for byte, and counts once.');
INSERT INTO "findings" VALUES(12,0,'MX-405','info','','','','ไฟล์นี้เหมือนกับ “x” ทุกไบต์ จึงนับครั้งเดียว','This file is the same as “x”, byte for byte, and counts once.');
INSERT INTO "findings" VALUES(15,0,'MX-402','warning','แบบ','C9','signed','“บุคลากร” ในแบบคือ 9 แต่ทะเบียนหน่วยงานมี 8','“บุคลากร” is 9 in the form, but 8 in the unit registry.');
INSERT INTO "findings" VALUES(19,0,'MX-402','warning','แบบ','C9','signed','“บุคลากร” ในแบบคือ 9 แต่ทะเบียนหน่วยงานมี 8','“บุคลากร” is 9 in the form, but 8 in the unit registry.');
INSERT INTO "findings" VALUES(22,0,'MX-402','warning','แบบ','C9','signed','“บุคลากร” ในแบบคือ 9 แต่ทะเบียนหน่วยงานมี 8','“บุคลากร” is 9 in the form, but 8 in the unit registry.');
INSERT INTO "findings" VALUES(22,1,'MX-403','info','','','','ไฟล์นี้ถูกแทนด้วยไฟล์ที่ใหม่กว่าของหน่วยงานเดียวกัน (x)','This file is replaced by a newer one of the same unit (x).');
INSERT INTO "findings" VALUES(25,0,'MX-405','info','','','','ไฟล์นี้เหมือนกับ “x” ทุกไบต์ จึงนับครั้งเดียว','This file is the same as “x”, byte for byte, and counts once.');
INSERT INTO "findings" VALUES(26,0,'MX-405','info','','','','ไฟล์นี้เหมือนกับ “x” ทุกไบต์ จึงนับครั้งเดียว','This file is the same as “x”, byte for byte, and counts once.');
CREATE TABLE forms (
        round TEXT NOT NULL REFERENCES rounds ON DELETE CASCADE,
        position INTEGER NOT NULL, form TEXT NOT NULL, version TEXT NOT NULL, title TEXT NOT NULL,
        PRIMARY KEY (round, form));
INSERT INTO "forms" VALUES('2569-05',0,'form-2569','1.0','แบบประเมิน ๒๕๖๙');
INSERT INTO "forms" VALUES('2569-05',1,'plan-2569','1.1','แผนปฏิบัติการ');
INSERT INTO "forms" VALUES('2569-06',0,'form-2569','1.0','แบบประเมิน ๒๕๖๙');
INSERT INTO "forms" VALUES('2569-06',1,'plan-2569','1.1','แผนปฏิบัติการ');
INSERT INTO "forms" VALUES('2569-07',0,'form-2569','1.0','แบบประเมิน ๒๕๖๙');
INSERT INTO "forms" VALUES('2569-07',1,'plan-2569','1.1','แผนปฏิบัติการ');
INSERT INTO "forms" VALUES('2569-04',0,'form-2569','1.0','แบบประเมิน ๒๕๖๙');
INSERT INTO "forms" VALUES('2569-04',1,'plan-2569','1.1','แผนปฏิบัติการ');
CREATE TABLE readings (
        id INTEGER PRIMARY KEY,
        round TEXT NOT NULL REFERENCES rounds ON DELETE CASCADE,
        sha256 TEXT NOT NULL, answers_sha256 TEXT NOT NULL,
        form TEXT NOT NULL, form_version TEXT NOT NULL,
        unit_code TEXT NOT NULL, unit_key TEXT NOT NULL, unit_name TEXT NOT NULL,
        state TEXT NOT NULL, verdict TEXT NOT NULL,
        total INTEGER, level INTEGER, level_th TEXT NOT NULL, level_en TEXT NOT NULL, answers TEXT NOT NULL DEFAULT '{}', claimants TEXT NOT NULL DEFAULT '',
        UNIQUE (round, sha256));
INSERT INTO "readings" VALUES(6,'2569-05','ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb','049d0cdd66090aaf1350cc09b5d888117dbbc0703328278225933855a009c9bf','form-2569','1.0','0012','0012','กองกลาง','superseded','accepted',20,2,'พัฒนา','developing','{"headcount": "34", "signed": "a"}','');
INSERT INTO "readings" VALUES(7,'2569-05','3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d','5e5726f42e970bd9275bedd16696ea30381b26247d1bbcc33407b10345fabc88','form-2569','1.0','0012','0012','กองกลาง','counted','accepted',23,3,'พัฒนา','developing','{"headcount": "34", "signed": "b"}','');
INSERT INTO "readings" VALUES(8,'2569-05','2e7d2c03a9507ae265ecf5b5356885a53393a2029d241394997265a1a25aefc6','21b4b87b8839685c9dcef73dd869d065e1011cefde720de522c0fee287ff71bc','form-2569','1.0','0014','0014','กองกลาง','conflict','accepted',20,2,'พัฒนา','developing','{"headcount": "34", "signed": "c"}','');
INSERT INTO "readings" VALUES(9,'2569-05','18ac3e7343f016890c510e93f935261169d9e3f565436429830faf0934f4f8e4','74483ece872be39f6f0d1a8f67c5eca3612dbbb95678dcc7db0c9b95f5dc5f70','form-2569','1.0','0014','0014','กองกลาง','conflict','accepted',20,2,'พัฒนา','developing','{"headcount": "34", "signed": "d"}','');
INSERT INTO "readings" VALUES(10,'2569-05','8254c329a92850f6d539dd376f4816ee2764517da5e0235514af433164480d7a','1c3a4e8e48bfb52262ac4f1b60660e102fead74ad01e415cbcebdc939f0b4451','form-2569','1.0','X','x','กองกลาง','conflict','accepted',20,2,'พัฒนา','developing','{"headcount": "34", "signed": "k"}','0012 0013');
INSERT INTO "readings" VALUES(11,'2569-05','unread:2569-05:6','','','','','','','rejected','rejected',NULL,NULL,'','','{}','');
INSERT INTO "readings" VALUES(12,'2569-05','unread:2569-05:7','','','','','','','failed','rejected',NULL,NULL,'','','{}','');
INSERT INTO "readings" VALUES(13,'2569-06','ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb','049d0cdd66090aaf1350cc09b5d888117dbbc0703328278225933855a009c9bf','form-2569','1.0','0012','0012','กองกลาง','superseded','accepted',20,2,'พัฒนา','developing','{"headcount": "34", "signed": "a"}','');
INSERT INTO "readings" VALUES(14,'2569-06','3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d','5e5726f42e970bd9275bedd16696ea30381b26247d1bbcc33407b10345fabc88','form-2569','1.0','0012','0012','กองกลาง','superseded','accepted',20,2,'พัฒนา','developing','{"headcount": "34", "signed": "b"}','');
INSERT INTO "readings" VALUES(15,'2569-06','3f79bb7b435b05321651daefd374cdc681dc06faa65e374e38337b88ca046dea','e4af9b46560231989239eba86e48f158561b14ef9658cf07831e7240817ae10b','form-2569','1.0','0012','0012','กองกลาง','counted','accepted',20,2,'พัฒนา','developing','{"x": "e"}','');
INSERT INTO "readings" VALUES(16,'2569-06','252f10c83610ebca1a059c0bae8255eba2f95be4d1d7bcfa89d7248a82d9f111','88942022881768c44ce053b97ea4d454b830e0af90f11e59909fa92b478dc550','form-2569','1.0','R99','r99','นอก','counted','returned',20,2,'พัฒนา','developing','{"headcount": "34", "signed": "f"}','');
INSERT INTO "readings" VALUES(17,'2569-06','2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881','63218c70a6ab9fe8aad744373273b03be61672773440b647111fd17e25fd9762','form-2569','1.0','0014','0014','กองกลาง','excluded','accepted',20,2,'พัฒนา','developing','{"headcount": "34", "signed": "x"}','');
INSERT INTO "readings" VALUES(18,'2569-07','3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d','5e5726f42e970bd9275bedd16696ea30381b26247d1bbcc33407b10345fabc88','form-2569','1.0','0012','0012','กองกลาง','superseded','accepted',20,2,'พัฒนา','developing','{"headcount": "34", "signed": "b"}','');
INSERT INTO "readings" VALUES(19,'2569-07','3f79bb7b435b05321651daefd374cdc681dc06faa65e374e38337b88ca046dea','e4af9b46560231989239eba86e48f158561b14ef9658cf07831e7240817ae10b','form-2569','1.0','0012','0012','กองกลาง','counted','accepted',20,2,'พัฒนา','developing','{"x": "e"}','');
INSERT INTO "readings" VALUES(20,'2569-07','cd0aa9856147b6c5b4ff2b7dfee5da20aa38253099ef1b4a64aced233c9afe29','4d807baf81d4aa2c3c14801e9a2ff1bec64ef55fa1457222da61afa2514d183b','form-2569','1.0','0014','0014','กองกลาง','counted','accepted',20,2,'พัฒนา','developing','{"headcount": "34", "signed": "g"}','');
INSERT INTO "readings" VALUES(21,'2569-07','8254c329a92850f6d539dd376f4816ee2764517da5e0235514af433164480d7a','1c3a4e8e48bfb52262ac4f1b60660e102fead74ad01e415cbcebdc939f0b4451','form-2569','1.0','0013','0013','กองกลาง','counted','accepted',20,2,'พัฒนา','developing','{"headcount": "34", "signed": "k"}','');
INSERT INTO "readings" VALUES(22,'2569-04','ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb','049d0cdd66090aaf1350cc09b5d888117dbbc0703328278225933855a009c9bf','form-2569','1.0','0012','0012','กองกลาง','counted','accepted',20,2,'พัฒนา','developing','{"headcount": "34", "signed": "a"}','');
INSERT INTO "readings" VALUES(23,'2569-04','148de9c5a7a44d19e56cd9ae1a554bf67847afb0c58f6e12fa29ac7ddfca9940','8c2336d764fbf20b5e72f9271605ceb6d7d2051f53547b0b4becf2c961a2ec4a','plan-2569','1.1','0014','0014','กองกลาง','counted','accepted',20,2,'พัฒนา','developing','{"headcount": "34", "signed": "p"}','');
INSERT INTO "readings" VALUES(24,'2569-04','1b16b1df538ba12dc3f97edbb85caa7050d46c148134290feba80f8236c83db9','6c29a54af963066732c5d548ad52e077e36d39dc783da58171e725875b9aadb3','form-2569','1.0','','','','counted','accepted',20,2,'พัฒนา','developing','{"headcount": "34", "signed": "n"}','');
INSERT INTO "readings" VALUES(25,'2569-04','2db2511da59d8d8474d219902ee221beed727f0494b86c3d6589a358967f77e5','','','','','','','rejected','rejected',NULL,NULL,'','','{}','');
INSERT INTO "readings" VALUES(26,'2569-04','unread:2569-04:4','','','','','','','rejected','rejected',NULL,NULL,'','','{}','');
CREATE TABLE receipts (
        round TEXT NOT NULL, position INTEGER NOT NULL, sha256 TEXT NOT NULL, file TEXT NOT NULL,
        sender TEXT NOT NULL, message_id TEXT NOT NULL, received TEXT, received_from TEXT,
        PRIMARY KEY (round, position),
        FOREIGN KEY (round, sha256) REFERENCES readings (round, sha256) ON DELETE CASCADE);
INSERT INTO "receipts" VALUES('2569-05',0,'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb','a.xlsx','officer@example.go.th','a@example.go.th','2026-05-20','mail');
INSERT INTO "receipts" VALUES('2569-05',1,'3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d','b.xlsx','officer@example.go.th','b@example.go.th','2026-05-20','mail');
INSERT INTO "receipts" VALUES('2569-05',2,'3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d','b อีกครั้ง.xlsx','officer@example.go.th','','2026-05-20','mail');
INSERT INTO "receipts" VALUES('2569-05',3,'2e7d2c03a9507ae265ecf5b5356885a53393a2029d241394997265a1a25aefc6','c.xlsx','officer@example.go.th','c@example.go.th','2026-05-20','mail');
INSERT INTO "receipts" VALUES('2569-05',4,'18ac3e7343f016890c510e93f935261169d9e3f565436429830faf0934f4f8e4','d.xlsx','officer@example.go.th','d@example.go.th','2026-05-20','mail');
INSERT INTO "receipts" VALUES('2569-05',5,'8254c329a92850f6d539dd376f4816ee2764517da5e0235514af433164480d7a','k.xlsx','officer@example.go.th','k@example.go.th','2026-05-20','mail');
INSERT INTO "receipts" VALUES('2569-05',6,'unread:2569-05:6','gone.xlsx','officer@example.go.th','','2026-05-20','mail');
INSERT INTO "receipts" VALUES('2569-05',7,'unread:2569-05:7','gone.xlsx','officer@example.go.th','m@example.go.th','2026-05-20','mail');
INSERT INTO "receipts" VALUES('2569-06',0,'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb','a.xlsx','officer@example.go.th','a@example.go.th','2026-05-20','mail');
INSERT INTO "receipts" VALUES('2569-06',1,'3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d','b.xlsx','officer@example.go.th','b@example.go.th','2026-05-20','mail');
INSERT INTO "receipts" VALUES('2569-06',2,'3f79bb7b435b05321651daefd374cdc681dc06faa65e374e38337b88ca046dea','e.xlsx','officer@example.go.th','e@example.go.th','2026-06-09','mail');
INSERT INTO "receipts" VALUES('2569-06',3,'252f10c83610ebca1a059c0bae8255eba2f95be4d1d7bcfa89d7248a82d9f111','f.xlsx','officer@example.go.th','f@example.go.th','2026-05-20','mail');
INSERT INTO "receipts" VALUES('2569-06',4,'2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881','x.xlsx','officer@example.go.th','x@example.go.th',NULL,'mail');
INSERT INTO "receipts" VALUES('2569-07',0,'3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d','b.xlsx','officer@example.go.th','b@example.go.th','2026-05-20','mail');
INSERT INTO "receipts" VALUES('2569-07',1,'3f79bb7b435b05321651daefd374cdc681dc06faa65e374e38337b88ca046dea','e.xlsx','officer@example.go.th','e@example.go.th','2026-06-09','mail');
INSERT INTO "receipts" VALUES('2569-07',2,'cd0aa9856147b6c5b4ff2b7dfee5da20aa38253099ef1b4a64aced233c9afe29','g.xlsx','officer@example.go.th','','2026-05-20','mail');
INSERT INTO "receipts" VALUES('2569-07',3,'8254c329a92850f6d539dd376f4816ee2764517da5e0235514af433164480d7a','k อีกครั้ง.xlsx','officer@example.go.th','k@example.go.th','2026-05-20','mail');
INSERT INTO "receipts" VALUES('2569-04',0,'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb','a.xlsx','officer@example.go.th','a@example.go.th','2026-05-20','mail');
INSERT INTO "receipts" VALUES('2569-04',1,'148de9c5a7a44d19e56cd9ae1a554bf67847afb0c58f6e12fa29ac7ddfca9940','p.xlsx','officer@example.go.th','p@example.go.th','2026-05-20','mail');
INSERT INTO "receipts" VALUES('2569-04',2,'1b16b1df538ba12dc3f97edbb85caa7050d46c148134290feba80f8236c83db9','n.xlsx','officer@example.go.th','n@example.go.th','2026-05-20','mail');
INSERT INTO "receipts" VALUES('2569-04',3,'2db2511da59d8d8474d219902ee221beed727f0494b86c3d6589a358967f77e5','เสีย.xlsx','officer@example.go.th','เสีย.xlsx@example.go.th','2026-05-20','mail');
INSERT INTO "receipts" VALUES('2569-04',4,'unread:2569-04:4','gone.xlsx','officer@example.go.th','','2026-05-20','mail');
CREATE TABLE results (
        round TEXT NOT NULL REFERENCES rounds ON DELETE CASCADE,
        position INTEGER NOT NULL, form TEXT NOT NULL, unit_code TEXT NOT NULL,
        unit_key TEXT NOT NULL, entry TEXT NOT NULL,
        PRIMARY KEY (round, position));
INSERT INTO "results" VALUES('2569-05',0,'form-2569','0012','0012','{"form": "form-2569", "unit_code": "0012", "state": "received", "total": 23, "level": 3, "verdict": "accepted", "received": null, "days_received": [], "undated": false, "progress": {}, "plan": {}, "timeliness": [{"label": "ครั้งที่ ๑", "due": "2026-05-31", "until": "2026-05-31", "timing": "on_time", "days": 0}], "previous": {"round": "2569-04", "total": 20, "level": 2, "verdict": "accepted", "progress": {"1": "50.5"}}}');
INSERT INTO "results" VALUES('2569-05',1,'form-2569','0013','0013','{"form": "form-2569", "unit_code": "0013", "state": null, "total": null, "level": null, "verdict": null, "received": null, "days_received": ["2026-04-03"], "undated": false, "progress": {}, "plan": {}, "timeliness": [{"label": "ครั้งที่ ๑", "due": "2026-05-31", "until": "2026-05-31", "timing": "missing", "days": 0}], "previous": null}');
INSERT INTO "results" VALUES('2569-06',0,'form-2569','0012','0012','{"form": "form-2569", "unit_code": "0012", "state": null, "total": null, "level": null, "verdict": null, "received": null, "days_received": [], "undated": false, "progress": {}, "plan": {}, "timeliness": [{"label": "ครั้งที่ ๑", "due": "2026-05-31", "until": "2026-05-31", "timing": "on_time", "days": 0}], "previous": {"round": "2569-05", "total": 20, "level": 2, "verdict": "accepted", "progress": {"1": "50.5"}}}');
INSERT INTO "results" VALUES('2569-06',1,'form-2569','0013','0013','{"form": "form-2569", "unit_code": "0013", "state": null, "total": null, "level": null, "verdict": null, "received": null, "days_received": [], "undated": false, "progress": {}, "plan": {}, "timeliness": [{"label": "ครั้งที่ ๑", "due": "2026-05-31", "until": "2026-05-31", "timing": "late", "days": 3}], "previous": null}');
INSERT INTO "results" VALUES('2569-07',0,'form-2569','0012','0012','{"form": "form-2569", "unit_code": "0012", "state": null, "total": null, "level": null, "verdict": null, "received": null, "days_received": [], "undated": false, "progress": {}, "plan": {}, "timeliness": [{"label": "ครั้งที่ ๑", "due": "2026-05-31", "until": "2026-05-31", "timing": "on_time", "days": 0}], "previous": {"round": "2569-06", "total": 20, "level": 2, "verdict": "accepted", "progress": {"1": "50.5"}}}');
INSERT INTO "results" VALUES('2569-07',1,'form-2569','0013','0013','{"form": "form-2569", "unit_code": "0013", "state": null, "total": null, "level": null, "verdict": null, "received": null, "days_received": [], "undated": false, "progress": {}, "plan": {}, "timeliness": [{"label": "ครั้งที่ ๑", "due": "2026-05-31", "until": "2026-05-31", "timing": "late", "days": 3}], "previous": null}');
INSERT INTO "results" VALUES('2569-04',0,'form-2569','0012','0012','{"form": "form-2569", "unit_code": "0012", "state": null, "total": null, "level": null, "verdict": null, "received": null, "days_received": [], "undated": false, "progress": {}, "plan": {}, "timeliness": [{"label": "ครั้งที่ ๑", "due": "2026-05-31", "until": "2026-05-31", "timing": "on_time", "days": 0}], "previous": null}');
INSERT INTO "results" VALUES('2569-04',1,'form-2569','0013','0013','{"form": "form-2569", "unit_code": "0013", "state": null, "total": null, "level": null, "verdict": null, "received": null, "days_received": [], "undated": false, "progress": {}, "plan": {}, "timeliness": [{"label": "ครั้งที่ ๑", "due": "2026-05-31", "until": "2026-05-31", "timing": "not_due", "days": 0}], "previous": null}');
INSERT INTO "results" VALUES('2569-04',2,'form-2569','๐๐๑๔','0014','{"form": "form-2569", "unit_code": "๐๐๑๔", "state": "received", "total": null, "level": null, "verdict": null, "received": null, "days_received": [], "undated": true, "progress": {}, "plan": {}, "timeliness": [{"label": "ครั้งที่ ๑", "due": "2026-05-31", "until": "2026-05-31", "timing": "on_time", "days": 0}], "previous": null}');
CREATE TABLE rounds (round TEXT PRIMARY KEY, program TEXT NOT NULL);
INSERT INTO "rounds" VALUES('2569-05','0.2.0');
INSERT INTO "rounds" VALUES('2569-06','0.2.0');
INSERT INTO "rounds" VALUES('2569-07','0.2.0');
INSERT INTO "rounds" VALUES('2569-04','0.2.0');
CREATE TABLE scores (
        reading INTEGER NOT NULL REFERENCES readings ON DELETE CASCADE,
        number INTEGER NOT NULL, claimed INTEGER, computed INTEGER NOT NULL, reviewed INTEGER,
        PRIMARY KEY (reading, number));
INSERT INTO "scores" VALUES(6,1,3,2,NULL);
INSERT INTO "scores" VALUES(6,2,NULL,1,NULL);
INSERT INTO "scores" VALUES(7,1,3,2,3);
INSERT INTO "scores" VALUES(7,2,NULL,1,NULL);
INSERT INTO "scores" VALUES(8,1,3,2,NULL);
INSERT INTO "scores" VALUES(8,2,NULL,1,NULL);
INSERT INTO "scores" VALUES(9,1,3,2,NULL);
INSERT INTO "scores" VALUES(9,2,NULL,1,NULL);
INSERT INTO "scores" VALUES(10,1,3,2,NULL);
INSERT INTO "scores" VALUES(10,2,NULL,1,NULL);
INSERT INTO "scores" VALUES(13,1,3,2,NULL);
INSERT INTO "scores" VALUES(13,2,NULL,1,NULL);
INSERT INTO "scores" VALUES(14,1,3,2,NULL);
INSERT INTO "scores" VALUES(14,2,NULL,1,NULL);
INSERT INTO "scores" VALUES(15,1,3,2,NULL);
INSERT INTO "scores" VALUES(15,2,NULL,1,NULL);
INSERT INTO "scores" VALUES(16,1,3,2,NULL);
INSERT INTO "scores" VALUES(16,2,NULL,1,NULL);
INSERT INTO "scores" VALUES(17,1,3,2,NULL);
INSERT INTO "scores" VALUES(17,2,NULL,1,NULL);
INSERT INTO "scores" VALUES(18,1,3,2,NULL);
INSERT INTO "scores" VALUES(18,2,NULL,1,NULL);
INSERT INTO "scores" VALUES(19,1,3,2,NULL);
INSERT INTO "scores" VALUES(19,2,NULL,1,NULL);
INSERT INTO "scores" VALUES(20,1,3,2,NULL);
INSERT INTO "scores" VALUES(20,2,NULL,1,NULL);
INSERT INTO "scores" VALUES(21,1,3,2,NULL);
INSERT INTO "scores" VALUES(21,2,NULL,1,NULL);
INSERT INTO "scores" VALUES(22,1,3,2,NULL);
INSERT INTO "scores" VALUES(22,2,NULL,1,NULL);
INSERT INTO "scores" VALUES(23,1,3,2,NULL);
INSERT INTO "scores" VALUES(23,2,NULL,1,NULL);
INSERT INTO "scores" VALUES(24,1,3,2,NULL);
INSERT INTO "scores" VALUES(24,2,NULL,1,NULL);
CREATE TABLE sent (
        sha256 TEXT NOT NULL, recipient TEXT NOT NULL, tried TEXT NOT NULL, accepted TEXT,
        PRIMARY KEY (sha256, recipient));
INSERT INTO "sent" VALUES('b7b10ce7a08f38f9d51ab215702601e3152aa590a12a7a741a347ba7a49d49c7','gen@example.go.th','2026-06-01T02:30:15.000250+00:00','2026-06-01T02:30:15.000250+00:00');
INSERT INTO "sent" VALUES('dd4ed1ba54dbcd0c43a317667c86882b7e03948914d1fecbe9ccfe7e37ef8f3a','b@example.go.th','2026-06-01T02:30:15.000250+00:00','2026-06-01T02:30:15.000250+00:00');
INSERT INTO "sent" VALUES('d4b012495eac6a500791adb10d1ca7db036f9814705484abae80d37bf7d6baeb','x@example.com','2026-06-01T02:30:15.000250+00:00','2026-06-01T02:30:15.000250+00:00');
INSERT INTO "sent" VALUES('b90bc9390bcd6bad933160c81fb4d7016601531fdbdcfeb8c31f71904bd9673b','gen@example.go.th','2026-06-01T02:30:15.000250+00:00',NULL);
CREATE TABLE unit_forms (
        round TEXT NOT NULL, unit INTEGER NOT NULL, position INTEGER NOT NULL, form TEXT NOT NULL,
        PRIMARY KEY (round, unit, position),
        FOREIGN KEY (round, unit) REFERENCES units (round, position) ON DELETE CASCADE);
INSERT INTO "unit_forms" VALUES('2569-05',0,0,'form-2569');
INSERT INTO "unit_forms" VALUES('2569-05',2,0,'form-2569');
INSERT INTO "unit_forms" VALUES('2569-05',2,1,'plan-2569');
INSERT INTO "unit_forms" VALUES('2569-06',0,0,'form-2569');
INSERT INTO "unit_forms" VALUES('2569-06',2,0,'form-2569');
INSERT INTO "unit_forms" VALUES('2569-06',2,1,'plan-2569');
INSERT INTO "unit_forms" VALUES('2569-07',0,0,'form-2569');
INSERT INTO "unit_forms" VALUES('2569-07',2,0,'form-2569');
INSERT INTO "unit_forms" VALUES('2569-07',2,1,'plan-2569');
INSERT INTO "unit_forms" VALUES('2569-04',0,0,'form-2569');
INSERT INTO "unit_forms" VALUES('2569-04',2,0,'form-2569');
INSERT INTO "unit_forms" VALUES('2569-04',2,1,'plan-2569');
CREATE TABLE units (
        round TEXT NOT NULL REFERENCES rounds ON DELETE CASCADE,
        position INTEGER NOT NULL, unit_code TEXT NOT NULL, unit_key TEXT NOT NULL,
        name TEXT NOT NULL, short_name TEXT NOT NULL, department TEXT NOT NULL,
        executive TEXT NOT NULL, email TEXT NOT NULL, headcount INTEGER,
        PRIMARY KEY (round, position));
INSERT INTO "units" VALUES('2569-05',0,'0012','0012','กองกลาง','','','','gen@example.go.th',34);
INSERT INTO "units" VALUES('2569-05',1,'0013','0013','กองคลัง','','','','',NULL);
INSERT INTO "units" VALUES('2569-05',2,'๐๐๑๔','0014','ศูนย์','','','','a@example.go.th; B@Example.go.th',NULL);
INSERT INTO "units" VALUES('2569-06',0,'0012','0012','กองกลาง','','','','gen@example.go.th',34);
INSERT INTO "units" VALUES('2569-06',1,'0013','0013','กองคลังและพัสดุ','','','','new@example.go.th',NULL);
INSERT INTO "units" VALUES('2569-06',2,'๐๐๑๔','0014','ศูนย์','','','','a@example.go.th; B@Example.go.th',NULL);
INSERT INTO "units" VALUES('2569-07',0,'0012','0012','กองกลาง','','','','gen@example.go.th',34);
INSERT INTO "units" VALUES('2569-07',1,'0013','0013','กองคลังและพัสดุ','','','','new@example.go.th',NULL);
INSERT INTO "units" VALUES('2569-07',2,'๐๐๑๔','0014','ศูนย์','','','','a@example.go.th; B@Example.go.th',NULL);
INSERT INTO "units" VALUES('2569-04',0,'0012','0012','กองกลาง','','','','gen@example.go.th',34);
INSERT INTO "units" VALUES('2569-04',1,'0013','0013','กองคลัง','','','','',NULL);
INSERT INTO "units" VALUES('2569-04',2,'๐๐๑๔','0014','ศูนย์','','','','a@example.go.th; B@Example.go.th',NULL);
CREATE INDEX readings_of_unit ON readings (form, unit_key, round);
CREATE INDEX readings_of_file ON readings (sha256, round);
CREATE INDEX receipts_of_file ON receipts (round, sha256);
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
CREATE VIEW answers AS
        SELECT readings.id AS reading,
            row_number() OVER (PARTITION BY readings.id ORDER BY each.id) - 1 AS position,
            each.key AS reference, each.value AS text
        FROM readings, json_each(readings.answers) AS each;
COMMIT;
PRAGMA application_id = 1297239128;
PRAGMA user_version = 3;
