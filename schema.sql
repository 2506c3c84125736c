-- The whole ledger, executed once to make a new one. Opening checks application_id and user_version.
-- Facts are written by one door (store/batch.rs): to the log below, and from it to the state tables.
-- No UNIQUE, CHECK or foreign key binds facts of different rows: what two villages wrote must always be storable.

PRAGMA application_id = 1113080398;                   -- "BXBN" read as a number: a Baoxue ledger
PRAGMA user_version = 1;                              -- the schema's version; a larger one is a newer program's

-- ── The log ──────────────────────────────────────────────────────────────────────────────────────────────────

-- Rows, by their public id. A row is made on first mention, so that references always hold.
CREATE TABLE obj (
  id INTEGER PRIMARY KEY,                             -- the row inside this file
  uuid BLOB NOT NULL UNIQUE,                          -- the row everywhere, 16 bytes
  record INTEGER,                                     -- its record (term.id); NULL until its first field arrives
  scope INTEGER,                                      -- the organisation it belongs to (obj.id)
  born INTEGER,                                       -- the change that made it (change.id); NULL until that arrives
  life INTEGER                                        -- 1 alive, 0 deleted, 2 deleted by one while another wrote; NULL unborn
) STRICT;

-- Names of fields (record.field) and records, once each.
CREATE TABLE term (
  id INTEGER PRIMARY KEY,                             -- the name inside this file
  text TEXT NOT NULL UNIQUE                           -- the name
) STRICT;

-- Lineages: one hash chain each, or one branch of a tree of chains.
CREATE TABLE lin (
  id INTEGER PRIMARY KEY,                             -- the lineage inside this file
  fork INTEGER,                                       -- the last change shared with the chain it branched from (change.id)
  replica BLOB NOT NULL,                              -- the computer that writes it, 16 bytes
  scope BLOB NOT NULL,                                -- the organisation whose rows it writes, 16 bytes
  tip INTEGER NOT NULL,                               -- depth of its newest change
  tip_hash BLOB NOT NULL                              -- hash of its newest change
) STRICT;

-- Saved forms. Append-only.
CREATE TABLE change (
  id INTEGER PRIMARY KEY,                             -- lineage × 2^32 + depth
  hash BLOB NOT NULL,                                 -- SHA-256, chained
  time INTEGER NOT NULL,                              -- logical time: milliseconds UTC × 2^16 + counter
  who INTEGER NOT NULL,                               -- the person (obj.id)
  flags INTEGER NOT NULL,                             -- 1 clock not believed, 2 undo, 4 choice, 8 import
  batch BLOB,                                         -- saved and undone together, 16 bytes
  undoes INTEGER,                                     -- the change taken back (change.id)
  why TEXT,                                           -- the reason given
  sealed BLOB                                         -- CBOR: what a newer program or an erasure left; NULL as a rule
) STRICT;
CREATE INDEX change_batch ON change (batch) WHERE batch IS NOT NULL;
CREATE INDEX change_undoes ON change (undoes) WHERE undoes IS NOT NULL;
CREATE INDEX change_sealed ON change (id) WHERE sealed IS NOT NULL;

-- Fields written. Append-only.
CREATE TABLE op (
  id INTEGER PRIMARY KEY,                             -- change.id × 2^15 + place in the change
  obj INTEGER NOT NULL,                               -- the row
  field INTEGER NOT NULL,                             -- record.field (term.id)
  kind INTEGER NOT NULL,                              -- 0 value, 1 reopened (CBOR), 2 redaction, 3 erased, 4 codes (JSON), 5 made
  val ANY,                                            -- the value; another row as its 16 bytes; the fields a row was made with
  seen BLOB                                           -- changes its writer had seen on other chains, 8 bytes each
) STRICT;
CREATE INDEX op_obj ON op (obj);
CREATE INDEX op_redact ON op (id) WHERE kind = 2;

-- Values nobody has replaced, where that is not simply the value a row was made with.
CREATE TABLE head (
  obj INTEGER NOT NULL,                               -- the row
  field INTEGER NOT NULL,                             -- record.field (term.id)
  dot INTEGER NOT NULL,                               -- the change that wrote it (change.id)
  seen BLOB,                                          -- as op.seen, joined over everything below
  PRIMARY KEY (obj, field, dot)
) STRICT, WITHOUT ROWID;

-- Fields with more than one distinct value that nobody has replaced (同一栏填写不同).
CREATE TABLE conflict (
  obj INTEGER NOT NULL,                               -- the row
  field INTEGER NOT NULL,                             -- record.field (term.id)
  PRIMARY KEY (obj, field)
) STRICT, WITHOUT ROWID;

-- Signed runs of a chain. The open run of an own chain has no signature yet.
CREATE TABLE segment (
  id INTEGER PRIMARY KEY,                             -- the segment inside this file
  lin INTEGER NOT NULL,                               -- its lineage
  first INTEGER NOT NULL,                             -- depth of its first change
  last INTEGER,                                       -- depth of its last change; NULL while open
  epoch BLOB NOT NULL,                                -- random bytes that its salts follow from, 32 bytes
  signature BLOB,                                     -- of the computer over the chain up to `last`
  certificate BLOB,                                   -- the computer's certificate by its organisation's key
  package INTEGER                                     -- the package that brought it (arrived.id)
) STRICT;
CREATE INDEX segment_lin ON segment (lin, first);

-- What is kept and passed on and does not count (decisions B15, B18): a lineage from some depth on.
CREATE TABLE held (
  lin INTEGER NOT NULL,                               -- the lineage
  package INTEGER NOT NULL,                           -- the package taken back (arrived.id); 0: its writer may not write it
  after INTEGER NOT NULL,                             -- depth of its last change that counts; -1 = none
  PRIMARY KEY (lin, package)
) STRICT, WITHOUT ROWID;

-- Segments that wait for others (merge.md §2.5).
CREATE TABLE inbox (
  hash BLOB PRIMARY KEY,                              -- SHA-256 of the bytes
  bytes BLOB NOT NULL,                                -- the signed segment
  missing BLOB NOT NULL,                              -- one change it waits for
  package INTEGER                                     -- the package that brought it (arrived.id)
) STRICT;

-- County-added fields (decisions A7).
CREATE TABLE extra (
  obj INTEGER NOT NULL,                               -- the row
  field INTEGER NOT NULL,                             -- x/<organisation>/<name>, or a newer program's field (term.id)
  value ANY,                                          -- its value
  PRIMARY KEY (obj, field)
) STRICT, WITHOUT ROWID;

-- Rows said to be one and the same (同一个孩子): every value of `_same` that nobody has replaced.
CREATE TABLE same (
  obj INTEGER NOT NULL,                               -- the row
  other INTEGER NOT NULL,                             -- the row it is said to be (obj.id)
  PRIMARY KEY (obj, other)
) STRICT, WITHOUT ROWID;

-- Joined rows, each with the one that stands in the tables below for all of them.
CREATE TABLE spoken (
  obj INTEGER PRIMARY KEY,                            -- the row
  speaker INTEGER NOT NULL                            -- the row that stands for it (obj.id)
) STRICT;
CREATE INDEX spoken_speaker ON spoken (speaker);

-- ── State: what the log amounts to, one table a record. Only living rows stand here. ─────────────────────────

-- 单位: decisions A9; domain.md §2.6.
CREATE TABLE organisation (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "name" TEXT,                                        -- 单位名称
  "code" TEXT,                                        -- 学校标识码 · ten digits, or a code of its own
  "kind" TEXT,                                        -- 单位类别 · code org_kind
  "under" INTEGER REFERENCES obj (id),                -- 上级单位 · a organisation (obj.id)
  "under_code" TEXT,                                  -- 上级单位代码
  "township" TEXT,                                    -- 所在乡镇
  "address" TEXT,                                     -- 地址
  "phone" TEXT,                                       -- 联系电话 · canonical
  "principal" TEXT,                                   -- 负责人
  "heir" INTEGER REFERENCES obj (id)                  -- 撤并后承接单位 · a organisation (obj.id)
) STRICT;

-- 教职工: domain.md §5; notice §1 ¶1 (校长负责制).
CREATE TABLE staff (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "name" TEXT,                                        -- 姓名
  "organisation" INTEGER REFERENCES obj (id),         -- 单位 · a organisation (obj.id)
  "duty" TEXT,                                        -- 职务 · codes staff_duty · JSON array of codes
  "phone" TEXT,                                       -- 联系电话 · canonical
  "from_on" TEXT,                                     -- 任职开始 · ISO 8601 day
  "until_on" TEXT                                     -- 任职结束 · ISO 8601 day
) STRICT;

-- 单位名录: package.md §2.
CREATE TABLE org_key (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "organisation" TEXT,                                -- 单位
  "name" TEXT,                                        -- 单位名称
  "code" TEXT,                                        -- 学校标识码
  "kind" TEXT,                                        -- 单位类别 · code org_kind
  "sign_key" TEXT,                                    -- 签名公钥
  "recipient" TEXT,                                   -- 接收公钥
  "recovery_recipient" TEXT,                          -- 恢复公钥
  "enrolled_on" TEXT,                                 -- 建立联系日期 · ISO 8601 day
  "revoked_on" TEXT,                                  -- 停用日期 · ISO 8601 day
  "revoked_after" TEXT,                               -- 停用前已上报的内容
  "former_keys" TEXT                                  -- 以前的签名公钥
) STRICT;

-- 停用电脑: package.md §2.
CREATE TABLE stopped_computer (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "organisation" TEXT,                                -- 单位
  "computer" TEXT,                                    -- 电脑编号
  "stopped_on" TEXT,                                  -- 停用日期 · ISO 8601 day
  "why" TEXT,                                         -- 停用原因 · several lines
  "after" TEXT                                        -- 停用前已上报的内容
) STRICT;

-- 学生: domain.md §1.1, §6 (72 items); 教基〔2025〕1号.
CREATE TABLE student (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "name" TEXT,                                        -- 姓名 · item 1
  "sex" TEXT,                                         -- 性别 · code sex · item 2
  "birth_date" TEXT,                                  -- 出生日期 · ISO 8601 day · item 3
  "ethnicity" TEXT,                                   -- 民族 · code ethnicity · item 6
  "id_type" TEXT,                                     -- 身份证件类型 · code id_type · item 8
  "id_number" TEXT,                                   -- 身份证件号 · canonical · item 9 · sensitive
  "student_code" TEXT,                                -- 学籍号 · canonical · sensitive
  "former_name" TEXT,                                 -- 曾用名 · item 15
  "register_name" TEXT,                               -- 户口簿上的姓名（与学籍不同时）
  "household_place" TEXT,                             -- 户口所在地 · item 17
  "household_kind" TEXT,                              -- 户口性质 · code household_kind · item 18
  "village" TEXT,                                     -- 村组
  "address" TEXT,                                     -- 现住址 · item 28
  "phone" TEXT,                                       -- 联系电话 · canonical · item 31
  "home_address" TEXT,                                -- 家庭地址 · item 30
  "mail_address" TEXT,                                -- 通信地址 · item 29
  "postcode" TEXT,                                    -- 邮政编码 · item 32
  "birth_place" TEXT,                                 -- 出生地 · item 4
  "native_place" TEXT,                                -- 籍贯 · item 5
  "country" TEXT,                                     -- 国籍/地区 · code country · item 7
  "overseas" TEXT,                                    -- 港澳台侨外 · code overseas · item 10
  "political" TEXT,                                   -- 政治面貌 · code political · item 11
  "health" TEXT,                                      -- 健康状况 · code health · item 12
  "photo" TEXT,                                       -- 照片 · SHA-256 · item 13
  "name_pinyin" TEXT,                                 -- 姓名拼音 · item 14
  "id_valid_until" TEXT,                              -- 身份证件有效期 · item 16
  "talents" TEXT,                                     -- 特长 · item 19
  "local_code" TEXT,                                  -- 学籍辅号 · item 20
  "code_link" TEXT,                                   -- 学籍接续标识
  "email" TEXT,                                       -- 电子信箱 · item 33
  "homepage" TEXT,                                    -- 主页地址 · item 34
  "blood_type" TEXT,                                  -- 血型 · code blood_type
  "note" TEXT                                         -- 备注 · several lines
) STRICT;
CREATE INDEX student_id_number ON student ("id_number") WHERE "id_number" IS NOT NULL;
CREATE INDEX student_student_code ON student ("student_code") WHERE "student_code" IS NOT NULL;

-- 监护人或家庭成员: domain.md §1.15, §6 (items 49–72).
CREATE TABLE guardian (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "student" INTEGER REFERENCES obj (id),              -- 学生 · a student (obj.id)
  "name" TEXT,                                        -- 姓名 · item 49
  "relation" TEXT,                                    -- 与学生关系 · code relation · item 50
  "phone" TEXT,                                       -- 联系电话 · canonical · item 56
  "is_guardian" INTEGER,                              -- 是否监护人 · 1 yes, 0 no · item 57
  "entrusted" INTEGER,                                -- 受父母委托照护 · 1 yes, 0 no
  "able" INTEGER,                                     -- 有监护能力 · 1 yes, 0 no
  "relation_note" TEXT,                               -- 关系说明 · item 51
  "workplace" TEXT,                                   -- 工作单位 · item 53
  "address" TEXT,                                     -- 现住址 · item 54
  "household_place" TEXT,                             -- 户口所在地 · item 55
  "ethnicity" TEXT,                                   -- 民族 · code ethnicity · item 52
  "id_type" TEXT,                                     -- 身份证件类型 · code id_type · item 58
  "id_number" TEXT,                                   -- 身份证件号 · canonical · item 59 · sensitive
  "post" TEXT,                                        -- 职务 · item 60
  "from_on" TEXT,                                     -- 监护开始 · ISO 8601 day
  "until_on" TEXT                                     -- 监护结束 · ISO 8601 day
) STRICT;
CREATE INDEX guardian_student ON guardian ("student");

-- 在籍记录: decisions A1; domain.md §1.1, §2.9.
CREATE TABLE enrolment (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "student" INTEGER REFERENCES obj (id),              -- 学生 · a student (obj.id)
  "organisation" INTEGER REFERENCES obj (id),         -- 学校 · a organisation (obj.id)
  "school_year" TEXT,                                 -- 学年
  "grade" TEXT,                                       -- 年级 · code grade
  "class" TEXT,                                       -- 班级
  "seat_no" TEXT,                                     -- 班内学号
  "kind" TEXT,                                        -- 在籍类别 · code enrolment_kind
  "status" TEXT,                                      -- 就读状态 · code roll_status
  "boarding" TEXT,                                    -- 就读方式 · code boarding
  "entered_month" TEXT,                               -- 入学年月 · ISO 8601 month
  "enter_way" TEXT,                                   -- 入学方式 · code enter_way
  "student_source" TEXT,                              -- 学生来源 · code student_source
  "campus" TEXT,                                      -- 校区号
  "commute_km" TEXT,                                  -- 上下学距离 · decimal text
  "commute" TEXT,                                     -- 上下学交通方式 · code commute
  "school_bus" INTEGER,                               -- 是否需要乘坐校车 · 1 yes, 0 no
  "from_on" TEXT,                                     -- 开始日期 · ISO 8601 day
  "until_on" TEXT,                                    -- 结束日期 · ISO 8601 day
  "stated_on" TEXT                                    -- 登记日期 · ISO 8601 day
) STRICT;
CREATE INDEX enrolment_student ON enrolment ("student");
-- What numbers read of the seats that hold: those of earlier years are passed over unread.
CREATE INDEX enrolment_seat ON enrolment ("until_on", "student", "organisation", "grade", "class", "kind", "status", "from_on", "stated_on", "entered_month");
CREATE INDEX enrolment_stated_on ON enrolment ("stated_on");

-- 情况记录: decisions A1; domain.md §2.11, §2.18.
CREATE TABLE fact (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "student" INTEGER REFERENCES obj (id),              -- 学生 · a student (obj.id)
  "kind" TEXT,                                        -- 类别 · code fact_kind
  "value" TEXT,                                       -- 认定 · code yes_no or as kind says
  "detail" TEXT,                                      -- 说明 · several lines
  "document" TEXT,                                    -- 证明文号
  "from_on" TEXT,                                     -- 开始日期 · ISO 8601 day
  "until_on" TEXT,                                    -- 结束日期 · ISO 8601 day
  "stated_on" TEXT                                    -- 登记日期 · ISO 8601 day
) STRICT;
CREATE INDEX fact_student ON fact ("student");
CREATE INDEX fact_stated_on ON fact ("stated_on");

-- 适龄儿童调查: 教基厅函〔2024〕15号 (铁脚板摸排); domain.md §1.2.
CREATE TABLE census (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "student" INTEGER REFERENCES obj (id),              -- 学生 · a student (obj.id)
  "school_year" TEXT,                                 -- 学年
  "householder" TEXT,                                 -- 户主姓名
  "household" TEXT,                                   -- 户籍情况 · code household_state
  "schooling" TEXT,                                   -- 就学情况 · code schooling_state
  "school" TEXT,                                      -- 就读学校
  "grade" TEXT,                                       -- 就读年级 · code grade
  "away_place" TEXT,                                  -- 外出就读地
  "visited_on" TEXT,                                  -- 调查日期 · ISO 8601 day
  "visited_by" TEXT,                                  -- 调查人
  "note" TEXT                                         -- 备注 · several lines
) STRICT;
CREATE INDEX census_student ON census ("student");

-- 家访记录: notice §1 ¶2 (家访制度); domain.md §1.14, §2.17.
CREATE TABLE home_visit (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "student" INTEGER REFERENCES obj (id),              -- 学生 · a student (obj.id)
  "visited_on" TEXT,                                  -- 家访日期 · ISO 8601 day
  "way" TEXT,                                         -- 家访方式 · code visit_way
  "kind" TEXT,                                        -- 家访类型 · code visit_kind
  "visitors" TEXT,                                    -- 家访教师
  "companions" TEXT,                                  -- 同行人员
  "met" TEXT,                                         -- 接访人及与学生关系
  "place" TEXT,                                       -- 地点
  "family_condition" TEXT,                            -- 家庭成员与监护状况 · codes family_condition · JSON array of codes
  "family_note" TEXT,                                 -- 家庭情况说明 · several lines
  "at_home" TEXT,                                     -- 学生在家表现 · several lines
  "at_school" TEXT,                                   -- 在校表现反馈 · several lines
  "reporting" TEXT,                                   -- 发现需要强制报告的情形 · codes reporting_trigger · JSON array of codes
  "findings" TEXT,                                    -- 发现的情况 · codes visit_finding · JSON array of codes
  "finding_note" TEXT,                                -- 情况说明 · several lines
  "parents_say" TEXT,                                 -- 家长意见与诉求 · several lines
  "law_told" INTEGER,                                 -- 已讲解义务教育法等法律义务 · 1 yes, 0 no
  "signed" INTEGER,                                   -- 家长已签字或按手印 · 1 yes, 0 no
  "agreed" TEXT,                                      -- 商定措施 · several lines
  "next_on" TEXT                                      -- 下次跟进日期 · ISO 8601 day
) STRICT;
CREATE INDEX home_visit_student ON home_visit ("student");
CREATE INDEX home_visit_visited_on ON home_visit ("visited_on");
CREATE INDEX home_visit_next_on ON home_visit ("next_on") WHERE "next_on" IS NOT NULL;

-- 强制报告: 未成年人保护法 art. 11; 侵害未成年人案件强制报告意见 (2020); decisions D28.
CREATE TABLE mandatory_report (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "student" INTEGER REFERENCES obj (id),              -- 学生 · a student (obj.id)
  "visit" INTEGER REFERENCES obj (id),                -- 发现于家访 · a home_visit (obj.id)
  "found_on" TEXT,                                    -- 发现日期 · ISO 8601 day
  "found_by" TEXT,                                    -- 发现人 · sensitive
  "triggers" TEXT,                                    -- 发现的情形 · codes reporting_trigger · JSON array of codes · sensitive
  "situation" TEXT,                                   -- 情况说明 · several lines · sensitive
  "police_on" TEXT,                                   -- 向公安机关报案日期 · ISO 8601 day
  "police_unit" TEXT,                                 -- 受理单位 · sensitive
  "police_no" TEXT,                                   -- 受理编号 · sensitive
  "principal_on" TEXT,                                -- 报告校长日期 · ISO 8601 day
  "authority_on" TEXT,                                -- 报告教育主管部门日期 · ISO 8601 day
  "others" TEXT,                                      -- 同时告知的单位 · sensitive
  "protection" TEXT,                                  -- 已采取的保护措施 · several lines · sensitive
  "answer" TEXT,                                      -- 处理结果 · several lines · sensitive
  "next_on" TEXT                                      -- 下次跟进日期 · ISO 8601 day
) STRICT;
CREATE INDEX mandatory_report_student ON mandatory_report ("student");

-- 辍学个案: notice §2 (二) (辍学学生信息台账); domain.md §1.5, §3.4.
CREATE TABLE dropout_case (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "student" INTEGER REFERENCES obj (id),              -- 学生 · a student (obj.id)
  "visit" INTEGER REFERENCES obj (id),                -- 发现于家访 · a home_visit (obj.id)
  "previous" INTEGER REFERENCES obj (id),             -- 前一次个案 · a dropout_case (obj.id)
  "status" TEXT,                                      -- 个案状态 · code case_status
  "left_on" TEXT,                                     -- 离校日期 · ISO 8601 day
  "found_on" TEXT,                                    -- 发现日期 · ISO 8601 day
  "found_by" TEXT,                                    -- 发现人
  "contact_result" TEXT,                              -- 初步联系结果 · code contact_result
  "main_cause" TEXT,                                  -- 主要原因 · code dropout_cause
  "causes" TEXT,                                      -- 其他原因 · codes dropout_cause · JSON array of codes
  "cause_note" TEXT,                                  -- 原因说明 · several lines
  "whereabouts" TEXT,                                 -- 目前去向 · code whereabouts
  "whereabouts_place" TEXT,                           -- 去向地点
  "verified_by" TEXT,                                 -- 核实人
  "verified_on" TEXT,                                 -- 核实日期 · ISO 8601 day
  "verdict" TEXT,                                     -- 排查结论 · code check_verdict
  "family" TEXT,                                      -- 家庭困难类型 · codes hardship · JSON array of codes
  "duty_school" TEXT,                                 -- 劝返责任人（学校）
  "duty_township" TEXT,                               -- 劝返责任人（乡镇、村）
  "measures" TEXT,                                    -- 劝返措施 · several lines
  "confirmed_on" TEXT,                                -- 认定辍学日期 · ISO 8601 day
  "reported_on" TEXT,                                 -- 书面报告日期 · ISO 8601 day
  "returned_on" TEXT,                                 -- 复学日期 · ISO 8601 day
  "return_school" TEXT,                               -- 复学学校
  "return_grade" TEXT,                                -- 复学年级 · code grade
  "return_class" TEXT,                                -- 复学班级
  "return_placement" TEXT,                            -- 安置方式 · code return_placement
  "return_helper" TEXT,                               -- 复学后帮扶教师
  "return_help" TEXT,                                 -- 复学后帮扶措施 · several lines
  "closed_on" TEXT,                                   -- 销号日期 · ISO 8601 day
  "closed_ground" TEXT,                               -- 销号原因 · code closed_ground
  "closed_evidence" TEXT,                             -- 销号佐证
  "note" TEXT                                         -- 备注 · several lines
) STRICT;
CREATE INDEX dropout_case_student ON dropout_case ("student");

-- 劝返记录: notice §1 ¶1 (返校动员); 未成年人保护法 art. 28; domain.md §1.6, §3.4.
CREATE TABLE persuasion (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "case" INTEGER REFERENCES obj (id),                 -- 辍学个案 · a dropout_case (obj.id)
  "on" TEXT,                                          -- 劝返日期 · ISO 8601 day
  "people" TEXT,                                      -- 劝返人员
  "phone" TEXT,                                       -- 劝返人员电话 · canonical
  "way" TEXT,                                         -- 劝返方式 · code persuasion_way
  "result" TEXT,                                      -- 劝返结果 · code persuasion_result
  "told" TEXT,                                        -- 劝返情况记录 · several lines
  "next_on" TEXT                                      -- 下次跟进日期 · ISO 8601 day
) STRICT;
CREATE INDEX persuasion_case ON persuasion ("case");
CREATE INDEX persuasion_next_on ON persuasion ("next_on") WHERE "next_on" IS NOT NULL;

-- 复学跟踪: domain.md §1.7, §3.4.
CREATE TABLE settled_check (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "case" INTEGER REFERENCES obj (id),                 -- 辍学个案 · a dropout_case (obj.id)
  "point" TEXT,                                       -- 跟踪时间点 · code settle_point
  "on" TEXT,                                          -- 跟踪日期 · ISO 8601 day
  "at_school" INTEGER,                                -- 是否在校 · 1 yes, 0 no
  "told" TEXT,                                        -- 情况说明 · several lines
  "by" TEXT,                                          -- 跟踪人
  "next_on" TEXT                                      -- 下次跟进日期 · ISO 8601 day
) STRICT;
CREATE INDEX settled_check_case ON settled_check ("case");

-- 书面报告: notice §1 ¶2 (失学辍学学生报告机制); 未成年人保护法 art. 28; domain.md §1.9.
CREATE TABLE written_report (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "case" INTEGER REFERENCES obj (id),                 -- 辍学个案 · a dropout_case (obj.id)
  "document_no" TEXT,                                 -- 编号
  "reported_on" TEXT,                                 -- 报告日期 · ISO 8601 day
  "addressee" TEXT,                                   -- 主送 · code report_to
  "addressee_name" TEXT,                              -- 主送单位名称
  "copies" TEXT,                                      -- 抄送 · codes report_to · JSON array of codes
  "request" TEXT,                                     -- 学校意见与请求事项 · several lines
  "approved_by" TEXT,                                 -- 审批人（校长）
  "received_by" TEXT,                                 -- 接收单位签收人
  "received_on" TEXT,                                 -- 签收日期 · ISO 8601 day
  "reply" TEXT,                                       -- 回复内容 · several lines
  "replied_on" TEXT                                   -- 回复日期 · ISO 8601 day
) STRICT;
CREATE INDEX written_report_case ON written_report ("case");

-- 法律文书: 义务教育法 art. 58; domain.md §3.5.
CREATE TABLE legal_document (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "case" INTEGER REFERENCES obj (id),                 -- 辍学个案 · a dropout_case (obj.id)
  "kind" TEXT,                                        -- 文书名称 · code legal_document_kind
  "document_no" TEXT,                                 -- 文号
  "issued_by" TEXT,                                   -- 出具单位
  "issued_on" TEXT,                                   -- 出具日期 · ISO 8601 day
  "due_on" TEXT,                                      -- 限期 · ISO 8601 day
  "recipient" TEXT,                                   -- 受送达人
  "way" TEXT,                                         -- 送达方式 · code delivery_way
  "delivered_on" TEXT,                                -- 送达日期 · ISO 8601 day
  "delivered_by" TEXT,                                -- 送达人
  "place" TEXT,                                       -- 送达地点
  "signed_by" TEXT,                                   -- 签收人
  "witness" TEXT,                                     -- 见证人
  "receipt" INTEGER,                                  -- 送达回执已存档 · 1 yes, 0 no
  "result" TEXT                                       -- 结果 · several lines
) STRICT;
CREATE INDEX legal_document_case ON legal_document ("case");

-- 班级考勤: decisions A5; domain.md §1.3; notice §1 ¶2 (及时发现逃学旷课).
CREATE TABLE class_day (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "organisation" INTEGER REFERENCES obj (id),         -- 学校 · a organisation (obj.id)
  "on" TEXT,                                          -- 日期 · ISO 8601 day
  "grade" TEXT,                                       -- 年级 · code grade
  "class" TEXT,                                       -- 班级
  "expected" INTEGER,                                 -- 应到人数 · whole number, 0 to 2000
  "present" INTEGER,                                  -- 实到人数 · whole number, 0 to 2000
  "taken_by" TEXT,                                    -- 点名教师
  "confirmed_by" TEXT,                                -- 教导处登记人
  "note" TEXT,                                        -- 备注 · several lines
  "entered_on" TEXT                                   -- 录入日期 · ISO 8601 day
) STRICT;
CREATE INDEX class_day_entered_on ON class_day ("entered_on");

-- 缺勤记录: decisions A5; domain.md §1.3; 预防未成年人犯罪法 art. 34.
CREATE TABLE absence (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "student" INTEGER REFERENCES obj (id),              -- 学生 · a student (obj.id)
  "day" INTEGER REFERENCES obj (id),                  -- 班级考勤 · a class_day (obj.id)
  "dorm_check" INTEGER REFERENCES obj (id),           -- 住宿点名 · a dorm_check (obj.id)
  "on" TEXT,                                          -- 缺勤日期 · ISO 8601 day
  "part" TEXT,                                        -- 时段 · code day_part
  "kind" TEXT,                                        -- 缺勤类型 · code absence_kind
  "leave" INTEGER,                                    -- 是否请假 · 1 yes, 0 no
  "reason" TEXT,                                      -- 原因
  "contacted_at" TEXT,                                -- 联系时间
  "contact_way" TEXT,                                 -- 联系方式 · code contact_way
  "contact_who" TEXT,                                 -- 被联系人
  "told" TEXT,                                        -- 了解到的情况 · several lines
  "needs_care" INTEGER,                               -- 是否需要继续关注 · 1 yes, 0 no
  "action" TEXT,                                      -- 处理 · code absence_action
  "back_on" TEXT,                                     -- 返校日期 · ISO 8601 day
  "entered_on" TEXT                                   -- 录入日期 · ISO 8601 day
) STRICT;
CREATE INDEX absence_student ON absence ("student");
CREATE INDEX absence_on ON absence ("on");
CREATE INDEX absence_entered_on ON absence ("entered_on");
CREATE INDEX absence_day ON absence ("day");
CREATE INDEX absence_dorm_check ON absence ("dorm_check");

-- 开学返校摸排: notice §2 (二) (开学后复学全面摸排); domain.md §1.12.
CREATE TABLE return_check (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "organisation" INTEGER REFERENCES obj (id),         -- 学校 · a organisation (obj.id)
  "school_year" TEXT,                                 -- 学年
  "term" TEXT,                                        -- 学期 · code term
  "round" TEXT,                                       -- 摸排轮次 · code check_round
  "grade" TEXT,                                       -- 年级 · code grade
  "class" TEXT,                                       -- 班级
  "on" TEXT,                                          -- 摸排日期 · ISO 8601 day
  "head_teacher" TEXT,                                -- 班主任
  "on_roll" INTEGER,                                  -- 上学期末在籍人数 · whole number, 0 to 2000
  "expected" INTEGER,                                 -- 应到人数 · whole number, 0 to 2000
  "arrived" INTEGER,                                  -- 实到人数 · whole number, 0 to 2000
  "joined" INTEGER,                                   -- 新转入人数 · whole number, 0 to 2000
  "note" TEXT                                         -- 备注 · several lines
) STRICT;

-- 未返校学生: notice §2 (二) (未返校列出清单，查清去向); domain.md §1.13, §3.4.
CREATE TABLE return_outcome (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "student" INTEGER REFERENCES obj (id),              -- 学生 · a student (obj.id)
  "check" INTEGER REFERENCES obj (id),                -- 开学返校摸排 · a return_check (obj.id)
  "case" INTEGER REFERENCES obj (id),                 -- 转入的辍学个案 · a dropout_case (obj.id)
  "school_year" TEXT,                                 -- 学年
  "term" TEXT,                                        -- 学期 · code term
  "reason" TEXT,                                      -- 未返校原因
  "whereabouts" TEXT,                                 -- 去向类别 · code whereabouts
  "place" TEXT,                                       -- 去向地点
  "school" TEXT,                                      -- 去向学校
  "verify_way" TEXT,                                  -- 核实方式 · code verify_way
  "proofs" TEXT,                                      -- 证明材料 · codes proof_kind · JSON array of codes
  "procedure" TEXT,                                   -- 应办手续 · code procedure_kind
  "procedure_state" TEXT,                             -- 办理状态 · code procedure_state
  "duty_person" TEXT,                                 -- 责任人
  "due_on" TEXT,                                      -- 限期 · ISO 8601 day
  "result" TEXT,                                      -- 结果 · code return_result
  "done_on" TEXT,                                     -- 结案日期 · ISO 8601 day
  "note" TEXT                                         -- 备注 · several lines
) STRICT;
CREATE INDEX return_outcome_student ON return_outcome ("student");
CREATE INDEX return_outcome_check ON return_outcome ("check");

-- 留守儿童关爱档案: notice §2 (一) 一 (留守儿童台账); domain.md §1.15; 未成年人保护法 art. 22, 23.
CREATE TABLE left_behind_file (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "student" INTEGER REFERENCES obj (id),              -- 学生 · a student (obj.id)
  "filed_on" TEXT,                                    -- 建档日期 · ISO 8601 day
  "problems" TEXT,                                    -- 需要解决的问题 · codes left_behind_problem · JSON array of codes
  "guardianship" TEXT,                                -- 监护情况 · code guardianship_state
  "assessment" TEXT,                                  -- 监护评估 · code care_grade
  "keeper" TEXT,                                      -- 管护责任人（学校）
  "proxy" TEXT,                                       -- 代理家长
  "village_keeper" TEXT,                              -- 村（居）责任人
  "income" TEXT,                                      -- 主要经济来源 · codes family_income · JSON array of codes
  "aid" TEXT,                                         -- 已享受的救助帮扶 · codes civil_aid · JSON array of codes
  "closed_on" TEXT,                                   -- 结束日期 · ISO 8601 day
  "note" TEXT                                         -- 备注 · several lines
) STRICT;
CREATE INDEX left_behind_file_student ON left_behind_file ("student");

-- 父母外出情况: domain.md §1.15, §2.18; 未成年人保护法 art. 22, 23.
CREATE TABLE parent_away (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "student" INTEGER REFERENCES obj (id),              -- 学生 · a student (obj.id)
  "who" TEXT,                                         -- 外出的人 · code relation
  "place" TEXT,                                       -- 外出地点
  "work" TEXT,                                        -- 从事工作
  "from_on" TEXT,                                     -- 外出开始 · ISO 8601 day
  "until_on" TEXT,                                    -- 回来日期 · ISO 8601 day
  "contact" TEXT,                                     -- 与孩子联系 · code contact_rhythm
  "told_school" INTEGER                               -- 已书面告知学校和村委 · 1 yes, 0 no
) STRICT;
CREATE INDEX parent_away_student ON parent_away ("student");

-- 结对帮扶: notice §2 (一) 一 (结对帮扶); domain.md §1.16.
CREATE TABLE pairing (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "student" INTEGER REFERENCES obj (id),              -- 学生 · a student (obj.id)
  "kind" TEXT,                                        -- 帮扶类别 · code pairing_kind
  "helper" TEXT,                                      -- 帮扶教师
  "helper_phone" TEXT,                                -- 帮扶人电话 · canonical
  "focus" TEXT,                                       -- 帮扶重点 · codes pairing_focus · JSON array of codes
  "rhythm" TEXT,                                      -- 帮扶频次 · code contact_rhythm
  "from_on" TEXT,                                     -- 结对日期 · ISO 8601 day
  "until_on" TEXT,                                    -- 结束日期 · ISO 8601 day
  "note" TEXT                                         -- 备注 · several lines
) STRICT;
CREATE INDEX pairing_student ON pairing ("student");

-- 关爱帮扶记录: notice §2 (一) 一 (定期关爱); domain.md §1.16.
CREATE TABLE care_record (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "student" INTEGER REFERENCES obj (id),              -- 学生 · a student (obj.id)
  "pairing" INTEGER REFERENCES obj (id),              -- 结对帮扶 · a pairing (obj.id)
  "on" TEXT,                                          -- 日期 · ISO 8601 day
  "way" TEXT,                                         -- 方式 · code care_way
  "told" TEXT,                                        -- 内容 · several lines
  "effect" TEXT,                                      -- 效果 · several lines
  "by" TEXT,                                          -- 帮扶人
  "next_on" TEXT                                      -- 下次跟进日期 · ISO 8601 day
) STRICT;
CREATE INDEX care_record_student ON care_record ("student");
CREATE INDEX care_record_pairing ON care_record ("pairing");

-- 活动记录: notice §1 ¶1 (文体活动), §2 (一) 一 (关爱活动); domain.md §1.16.
CREATE TABLE activity (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "organisation" INTEGER REFERENCES obj (id),         -- 学校 · a organisation (obj.id)
  "name" TEXT,                                        -- 活动名称
  "kind" TEXT,                                        -- 活动类别 · code activity_kind
  "on" TEXT,                                          -- 活动日期 · ISO 8601 day
  "place" TEXT,                                       -- 地点
  "in_care_home" INTEGER,                             -- 在留守儿童之家举行 · 1 yes, 0 no
  "organiser" TEXT,                                   -- 组织者
  "people" INTEGER,                                   -- 参加人数 · whole number, 0 to 100000
  "content" TEXT,                                     -- 活动内容 · several lines
  "effect" TEXT,                                      -- 活动效果 · several lines
  "note" TEXT                                         -- 备注 · several lines
) STRICT;

-- 参加活动: domain.md §1.16 (参加儿童名单).
CREATE TABLE participation (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "student" INTEGER REFERENCES obj (id),              -- 学生 · a student (obj.id)
  "activity" INTEGER REFERENCES obj (id),             -- 活动 · a activity (obj.id)
  "activity_role" TEXT,                               -- 承担的任务
  "note" TEXT                                         -- 备注
) STRICT;
CREATE INDEX participation_student ON participation ("student");
CREATE INDEX participation_activity ON participation ("activity");

-- 留守儿童之家: notice §2 (一) 一 (留守儿童之家); domain.md §5 (7).
CREATE TABLE care_home (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "organisation" INTEGER REFERENCES obj (id),         -- 学校 · a organisation (obj.id)
  "name" TEXT,                                        -- 名称
  "place" TEXT,                                       -- 地点
  "keeper" TEXT,                                      -- 管理员
  "keeper_phone" TEXT,                                -- 联系电话 · canonical
  "open_hours" TEXT,                                  -- 开放时间
  "equipment" TEXT,                                   -- 设施（亲情电话、图书等） · several lines
  "from_on" TEXT,                                     -- 启用日期 · ISO 8601 day
  "until_on" TEXT,                                    -- 停用日期 · ISO 8601 day
  "note" TEXT                                         -- 备注 · several lines
) STRICT;

-- 随迁子女登记: notice §2 (一) 二 (随迁子女); domain.md §1.17, §5 (4); 义务教育法 art. 12.
CREATE TABLE migrant_file (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "student" INTEGER REFERENCES obj (id),              -- 学生 · a student (obj.id)
  "kind" TEXT,                                        -- 随迁类型 · code migrant_kind
  "arrived_on" TEXT,                                  -- 流入日期 · ISO 8601 day
  "proof" TEXT,                                       -- 居住或务工证明 · code residence_proof
  "proof_no" TEXT,                                    -- 证明编号
  "allocation_no" TEXT,                               -- 入学安排文号
  "allocated_by" TEXT,                                -- 安排单位
  "allocated_on" TEXT,                                -- 安排日期 · ISO 8601 day
  "acceptance" TEXT,                                  -- 接收结果 · code acceptance
  "entered_on" TEXT,                                  -- 入学日期 · ISO 8601 day
  "from_school" TEXT,                                 -- 转出学校
  "roll_moved_on" TEXT,                               -- 学籍转接完成日期 · ISO 8601 day
  "fee_waived" INTEGER,                               -- 是否按规定免除费用 · 1 yes, 0 no
  "same_managed" INTEGER,                             -- 统一管理 · 1 yes, 0 no
  "same_class" INTEGER,                               -- 统一编班 · 1 yes, 0 no
  "same_taught" INTEGER,                              -- 统一教学 · 1 yes, 0 no
  "same_activities" INTEGER,                          -- 统一安排活动 · 1 yes, 0 no
  "same_evidence" TEXT,                               -- 四统一佐证
  "note" TEXT                                         -- 备注 · several lines
) STRICT;
CREATE INDEX migrant_file_student ON migrant_file ("student");

-- 残疾儿童档案: notice §2 (一) 三 (残疾少儿档案，一人一案); domain.md §1.18; 残疾人教育条例.
CREATE TABLE disability_file (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "student" INTEGER REFERENCES obj (id),              -- 学生 · a student (obj.id)
  "filed_on" TEXT,                                    -- 建档日期 · ISO 8601 day
  "degree" TEXT,                                      -- 残疾等级 · code disability_grade
  "card_no" TEXT,                                     -- 残疾人证号 · sensitive
  "checked_with" TEXT,                                -- 会同核查的村（居）委会
  "duty_school" TEXT,                                 -- 责任学校
  "duty_teacher" TEXT,                                -- 责任教师
  "not_enrolled" TEXT,                                -- 未入学原因 · code not_enrolled_reason
  "history" TEXT,                                     -- 残疾与康复情况 · several lines · sensitive
  "assessed_on" TEXT,                                 -- 评估日期 · ISO 8601 day
  "assessment" TEXT,                                  -- 专家委员会评估意见 · several lines
  "needs" TEXT,                                       -- 教育需求 · several lines
  "proposal" TEXT,                                    -- 安置建议 · several lines
  "aid" TEXT,                                         -- 资助与帮扶 · several lines
  "parents_say" TEXT,                                 -- 家长意见 · several lines
  "note" TEXT                                         -- 备注 · several lines
) STRICT;
CREATE INDEX disability_file_student ON disability_file ("student");

-- 安置决定: notice §2 (一) 三; domain.md §1.18, §2.12; 残疾人教育条例.
CREATE TABLE placement (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "student" INTEGER REFERENCES obj (id),              -- 学生 · a student (obj.id)
  "way" TEXT,                                         -- 安置方式 · code placement
  "school" TEXT,                                      -- 就读学校或机构
  "decided_by" TEXT,                                  -- 决定单位
  "decided_on" TEXT,                                  -- 决定日期 · ISO 8601 day
  "document_no" TEXT,                                 -- 文号
  "parents_agree" INTEGER,                            -- 家长是否同意 · 1 yes, 0 no
  "from_on" TEXT,                                     -- 开始日期 · ISO 8601 day
  "until_on" TEXT,                                    -- 结束日期 · ISO 8601 day
  "reason" TEXT                                       -- 说明 · several lines
) STRICT;
CREATE INDEX placement_student ON placement ("student");

-- 个别化教育计划: domain.md §1.18 (一人一案).
CREATE TABLE education_plan (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "student" INTEGER REFERENCES obj (id),              -- 学生 · a student (obj.id)
  "school_year" TEXT,                                 -- 学年
  "term" TEXT,                                        -- 学期 · code term
  "aims" TEXT,                                        -- 目标 · several lines
  "courses" TEXT,                                     -- 课程与内容 · several lines
  "hours" INTEGER,                                    -- 课时 · whole number, 0 to 2000
  "by" TEXT,                                          -- 责任教师
  "reviewed_on" TEXT,                                 -- 评估日期 · ISO 8601 day
  "review" TEXT                                       -- 评估与调整 · several lines
) STRICT;
CREATE INDEX education_plan_student ON education_plan ("student");

-- 送教上门记录: notice §2 (一) 三 (定期送教上门); domain.md §1.18.
CREATE TABLE home_teaching (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "student" INTEGER REFERENCES obj (id),              -- 学生 · a student (obj.id)
  "on" TEXT,                                          -- 送教日期 · ISO 8601 day
  "begins" TEXT,                                      -- 开始时间
  "ends" TEXT,                                        -- 结束时间
  "hours" INTEGER,                                    -- 课时 · whole number, 0 to 20
  "teachers" TEXT,                                    -- 送教教师
  "place" TEXT,                                       -- 地点 · code home_teaching_place
  "content" TEXT,                                     -- 送教内容 · codes home_teaching_content · JSON array of codes
  "aim" TEXT,                                         -- 目标 · several lines
  "told" TEXT,                                        -- 送教过程 · several lines
  "shown" TEXT,                                       -- 学生表现 · several lines
  "parents_say" TEXT,                                 -- 家长配合与反馈 · several lines
  "next_plan" TEXT,                                   -- 下次计划 · several lines
  "next_on" TEXT                                      -- 下次送教日期 · ISO 8601 day
) STRICT;
CREATE INDEX home_teaching_student ON home_teaching ("student");

-- 延缓入学申请: 义务教育法 art. 11; domain.md §1.18.
CREATE TABLE deferral (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "student" INTEGER REFERENCES obj (id),              -- 学生 · a student (obj.id)
  "due_month" TEXT,                                   -- 应入学时间 · ISO 8601 month
  "reason" TEXT,                                      -- 延缓原因 · several lines
  "applicant" TEXT,                                   -- 申请人
  "applied_on" TEXT,                                  -- 申请日期 · ISO 8601 day
  "from_on" TEXT,                                     -- 延缓开始 · ISO 8601 day
  "until_on" TEXT,                                    -- 延缓结束 · ISO 8601 day
  "proof_by" TEXT,                                    -- 证明单位
  "proof" TEXT,                                       -- 鉴定意见
  "decision" TEXT,                                    -- 批复结果 · code decision
  "decided_by" TEXT,                                  -- 批复单位
  "decided_on" TEXT,                                  -- 批复日期 · ISO 8601 day
  "document_no" TEXT,                                 -- 文号
  "entered_on" TEXT                                   -- 实际入学日期 · ISO 8601 day
) STRICT;
CREATE INDEX deferral_student ON deferral ("student");

-- 学习帮扶计划: notice §2 (三) (学习帮扶方案); domain.md §1.19, §2.16.
CREATE TABLE support_plan (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "student" INTEGER REFERENCES obj (id),              -- 学生 · a student (obj.id)
  "school_year" TEXT,                                 -- 学年
  "term" TEXT,                                        -- 学期 · code term
  "subjects" TEXT,                                    -- 需要帮助的学科 · codes subject · JSON array of codes
  "state" TEXT,                                       -- 现在的情况 · several lines
  "causes" TEXT,                                      -- 可能的原因 · codes support_cause · JSON array of codes
  "measures" TEXT,                                    -- 帮扶措施 · codes support_measure · JSON array of codes
  "helper" TEXT,                                      -- 帮扶教师
  "peers" TEXT,                                       -- 帮扶小组同学
  "rhythm" TEXT,                                      -- 帮扶频次 · code contact_rhythm
  "aim_near" TEXT,                                    -- 近期目标 · several lines
  "aim_term" TEXT,                                    -- 学期目标 · several lines
  "family" TEXT,                                      -- 家长配合 · several lines
  "from_on" TEXT,                                     -- 开始日期 · ISO 8601 day
  "until_on" TEXT,                                    -- 结束日期 · ISO 8601 day
  "result" TEXT,                                      -- 帮扶结果 · code support_result
  "result_note" TEXT,                                 -- 结果说明 · several lines
  "parents_say" TEXT                                  -- 家长反馈 · several lines
) STRICT;
CREATE INDEX support_plan_student ON support_plan ("student");

-- 学习帮扶记录: notice §2 (三); domain.md §1.19.
CREATE TABLE support_record (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "plan" INTEGER REFERENCES obj (id),                 -- 学习帮扶计划 · a support_plan (obj.id)
  "on" TEXT,                                          -- 日期 · ISO 8601 day
  "subject" TEXT,                                     -- 学科 · code subject
  "place" TEXT,                                       -- 地点
  "by" TEXT,                                          -- 帮扶人
  "told" TEXT,                                        -- 帮扶内容 · several lines
  "shown" TEXT,                                       -- 学生表现 · several lines
  "reflection" TEXT,                                  -- 教师反思 · several lines
  "next_on" TEXT                                      -- 下次跟进日期 · ISO 8601 day
) STRICT;
CREATE INDEX support_record_plan ON support_record ("plan");

-- 包保责任: notice §1 ¶1, §3 一 (校长负责制，责任分解到人); domain.md §1.20, §5 (1, 2).
CREATE TABLE responsibility (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "organisation" INTEGER REFERENCES obj (id),         -- 学校 · a organisation (obj.id)
  "person" TEXT,                                      -- 责任人
  "duty" TEXT,                                        -- 职务 · code staff_duty
  "post" TEXT,                                        -- 其他职务
  "line" TEXT,                                        -- 责任线 · code responsibility_line
  "phone" TEXT,                                       -- 联系电话 · canonical
  "under" INTEGER REFERENCES obj (id),                -- 上级责任人 · a responsibility (obj.id)
  "covers" TEXT,                                      -- 包保类别 · code cover_kind
  "village" TEXT,                                     -- 包保村
  "grade" TEXT,                                       -- 包保年级 · code grade
  "class" TEXT,                                       -- 包保班级
  "student" INTEGER REFERENCES obj (id),              -- 包保学生 · a student (obj.id)
  "tasks" TEXT,                                       -- 职责 · several lines
  "from_on" TEXT,                                     -- 开始日期 · ISO 8601 day
  "until_on" TEXT,                                    -- 结束日期 · ISO 8601 day
  "handed_to" TEXT,                                   -- 接收人
  "handed_on" TEXT,                                   -- 交接日期 · ISO 8601 day
  "witness" TEXT,                                     -- 监交人
  "note" TEXT                                         -- 备注 · several lines
) STRICT;
CREATE INDEX responsibility_student ON responsibility ("student");

-- 控辍保学责任书: notice §3 一; domain.md §1.20.
CREATE TABLE pledge (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "organisation" INTEGER REFERENCES obj (id),         -- 学校 · a organisation (obj.id)
  "school_year" TEXT,                                 -- 学年
  "kind" TEXT,                                        -- 签订双方 · code pledge_kind
  "party_a" TEXT,                                     -- 甲方
  "party_b" TEXT,                                     -- 乙方
  "student" INTEGER REFERENCES obj (id),              -- 相关学生 · a student (obj.id)
  "aims" TEXT,                                        -- 目标 · several lines
  "duties" TEXT,                                      -- 职责条款 · several lines
  "terms" TEXT,                                       -- 奖惩与其他约定 · several lines
  "signed_on" TEXT,                                   -- 签订日期 · ISO 8601 day
  "copies" INTEGER,                                   -- 份数 · whole number, 1 to 20
  "note" TEXT                                         -- 备注 · several lines
) STRICT;
CREATE INDEX pledge_student ON pledge ("student");

-- 督导检查记录: notice §3 二 (督导机制，检查结果公告); domain.md §1.21.
CREATE TABLE inspection (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "organisation" INTEGER REFERENCES obj (id),         -- 登记单位 · a organisation (obj.id)
  "on" TEXT,                                          -- 检查日期 · ISO 8601 day
  "level" TEXT,                                       -- 检查层级 · code inspection_level
  "by_unit" TEXT,                                     -- 检查单位
  "inspectors" TEXT,                                  -- 检查人
  "school" TEXT,                                      -- 受检学校
  "basis" TEXT,                                       -- 检查依据
  "content" TEXT,                                     -- 检查内容 · several lines
  "sampled" TEXT,                                     -- 抽查学生名单 · several lines
  "conclusion" TEXT,                                  -- 检查结论 · several lines
  "announced_way" TEXT,                               -- 公告方式
  "announced_on" TEXT,                                -- 公告日期 · ISO 8601 day
  "note" TEXT                                         -- 备注 · several lines
) STRICT;

-- 整改事项: notice §3 二 (限期整改，责任追究); domain.md §1.21.
CREATE TABLE rectification (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "inspection" INTEGER REFERENCES obj (id),           -- 来自督导检查 · a inspection (obj.id)
  "organisation" INTEGER REFERENCES obj (id),         -- 学校 · a organisation (obj.id)
  "origin" TEXT,                                      -- 问题来源 · code inspection_level
  "found_on" TEXT,                                    -- 发现日期 · ISO 8601 day
  "issue" TEXT,                                       -- 问题描述 · several lines
  "kind" TEXT,                                        -- 问题类别 · code issue_kind
  "touches" TEXT,                                     -- 涉及学生或班级
  "duty_unit" TEXT,                                   -- 责任单位
  "duty_person" TEXT,                                 -- 责任人
  "measures" TEXT,                                    -- 整改措施 · several lines
  "due_on" TEXT,                                      -- 整改时限 · ISO 8601 day
  "progress" TEXT,                                    -- 进展 · code rectification_progress
  "done_on" TEXT,                                     -- 完成日期 · ISO 8601 day
  "evidence" TEXT,                                    -- 佐证材料
  "checked_by" TEXT,                                  -- 复查人
  "checked_on" TEXT,                                  -- 复查日期 · ISO 8601 day
  "check_result" TEXT,                                -- 复查结论 · several lines
  "closed_on" TEXT,                                   -- 销号日期 · ISO 8601 day
  "late_note" TEXT                                    -- 未按期说明及追责 · several lines
) STRICT;
CREATE INDEX rectification_inspection ON rectification ("inspection");

-- 宣传活动记录: notice §3 三 (宣传引导); domain.md §1.22.
CREATE TABLE publicity (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "organisation" INTEGER REFERENCES obj (id),         -- 学校 · a organisation (obj.id)
  "name" TEXT,                                        -- 活动名称
  "on" TEXT,                                          -- 日期 · ISO 8601 day
  "place" TEXT,                                       -- 地点
  "forms" TEXT,                                       -- 宣传形式 · codes publicity_form · JSON array of codes
  "laws" TEXT,                                        -- 宣传内容 · codes law_topic · JSON array of codes
  "organiser" TEXT,                                   -- 组织者
  "audience" TEXT,                                    -- 参加对象
  "people" INTEGER,                                   -- 参加人数 · whole number, 0 to 1000000
  "handed_out" INTEGER,                               -- 发放份数 · whole number, 0 to 1000000
  "slips_back" INTEGER,                               -- 回执份数 · whole number, 0 to 1000000
  "summary" TEXT,                                     -- 小结 · several lines
  "recorded_by" TEXT                                  -- 记录人
) STRICT;

-- 家长学校授课记录: notice §3 三 (家长学校); domain.md §1.22, §5 (6).
CREATE TABLE parents_class (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "organisation" INTEGER REFERENCES obj (id),         -- 学校 · a organisation (obj.id)
  "on" TEXT,                                          -- 授课日期 · ISO 8601 day
  "theme" TEXT,                                       -- 主题
  "speaker" TEXT,                                     -- 主讲人
  "place" TEXT,                                       -- 地点
  "people" INTEGER,                                   -- 参加人数 · whole number, 0 to 100000
  "signed_in" INTEGER,                                -- 是否签到 · 1 yes, 0 no
  "materials" TEXT,                                   -- 资料
  "content" TEXT,                                     -- 主要内容 · several lines
  "feedback" TEXT,                                    -- 家长反馈 · several lines
  "recorded_by" TEXT                                  -- 记录人
) STRICT;

-- 学籍变动申请: notice §1 ¶2 (规范学籍变动手续); domain.md §1.23, §2.9; 教基〔2025〕1号.
CREATE TABLE roll_change (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "student" INTEGER REFERENCES obj (id),              -- 学生 · a student (obj.id)
  "kind" TEXT,                                        -- 变动类型 · code change_kind
  "applied_on" TEXT,                                  -- 申请日期 · ISO 8601 day
  "reason" TEXT,                                      -- 变动原因 · code roll_change_reason
  "reason_note" TEXT,                                 -- 原因说明 · several lines
  "state" TEXT,                                       -- 办理状态 · code roll_change_state
  "proofs" TEXT,                                      -- 证明材料 · codes proof_kind · JSON array of codes
  "document_no" TEXT,                                 -- 文号
  "changed_on" TEXT,                                  -- 变动日期 · ISO 8601 day
  "done_on" TEXT,                                     -- 办结日期 · ISO 8601 day
  "handled_by" TEXT,                                  -- 经办人
  "from_school" TEXT,                                 -- 转出学校
  "from_grade" TEXT,                                  -- 转出年级 · code grade
  "to_school" TEXT,                                   -- 转入学校
  "to_grade" TEXT,                                    -- 转入年级 · code grade
  "in_school_on" TEXT,                                -- 转入学校同意日期 · ISO 8601 day
  "in_authority_on" TEXT,                             -- 转入地主管部门同意日期 · ISO 8601 day
  "out_school_on" TEXT,                               -- 转出学校同意日期 · ISO 8601 day
  "out_authority_on" TEXT,                            -- 转出地主管部门同意日期 · ISO 8601 day
  "pause_from_on" TEXT,                               -- 休学开始 · ISO 8601 day
  "pause_until_on" TEXT,                              -- 休学结束 · ISO 8601 day
  "hospital" TEXT,                                    -- 证明医院
  "resume_on" TEXT,                                   -- 复学日期 · ISO 8601 day
  "placed" TEXT,                                      -- 复学编入 · code return_placement
  "note" TEXT                                         -- 备注 · several lines
) STRICT;
CREATE INDEX roll_change_student ON roll_change ("student");

-- 转学移交: decisions B19; domain.md §1.23, §2.9.
CREATE TABLE transfer_case (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "student" INTEGER REFERENCES obj (id),              -- 学生 · a student (obj.id)
  "name" TEXT,                                        -- 姓名
  "from_org" TEXT,                                    -- 转出学校编号
  "from_school" TEXT,                                 -- 转出学校
  "to_org" TEXT,                                      -- 转入学校编号
  "to_school" TEXT,                                   -- 转入学校
  "to_code" TEXT,                                     -- 转入学校标识码
  "grade" TEXT,                                       -- 年级 · code grade
  "offered_on" TEXT,                                  -- 移交日期 · ISO 8601 day
  "offered_by" TEXT,                                  -- 经办人
  "reason" TEXT,                                      -- 转学原因
  "extract" TEXT,                                     -- 移交内容 · several lines · sensitive
  "origin" TEXT,                                      -- 来自哪条移交
  "state" TEXT,                                       -- 状态 · code transfer_state
  "answered_on" TEXT,                                 -- 答复日期 · ISO 8601 day
  "answered_by" TEXT,                                 -- 答复人
  "begins_on" TEXT,                                   -- 到校日期 · ISO 8601 day
  "answer" TEXT                                       -- 答复说明 · several lines
) STRICT;
CREATE INDEX transfer_case_student ON transfer_case ("student");

-- 问题学籍: notice §1 ¶2 (纠正问题学籍，补录未建学籍); domain.md §1.24, §2.10.
CREATE TABLE roll_issue (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "student" INTEGER REFERENCES obj (id),              -- 学生 · a student (obj.id)
  "kind" TEXT,                                        -- 问题类型 · code roll_problem
  "found_on" TEXT,                                    -- 发现日期 · ISO 8601 day
  "twin_school" TEXT,                                 -- 重复学籍所在学校
  "twin_name" TEXT,                                   -- 重复学籍姓名
  "entered_on" TEXT,                                  -- 入学日期 · ISO 8601 day
  "handling" TEXT,                                    -- 处理方式 · code roll_handling
  "proofs" TEXT,                                      -- 佐证材料 · codes proof_kind · JSON array of codes
  "submitted_on" TEXT,                                -- 提交日期 · ISO 8601 day
  "reviewed" TEXT,                                    -- 主管部门审核 · code decision
  "done_on" TEXT,                                     -- 完成日期 · ISO 8601 day
  "keeper" TEXT,                                      -- 学籍管理员
  "note" TEXT                                         -- 备注 · several lines
) STRICT;
CREATE INDEX roll_issue_student ON roll_issue ("student");

-- 领导小组成员: notice §3 一 (组织领导，一把手负责制); domain.md §1.25, §5 (3).
CREATE TABLE leading_group (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "organisation" INTEGER REFERENCES obj (id),         -- 学校 · a organisation (obj.id)
  "school_year" TEXT,                                 -- 学年
  "name" TEXT,                                        -- 姓名
  "role" TEXT,                                        -- 组内职务 · code group_role
  "post" TEXT,                                        -- 行政职务
  "tasks" TEXT,                                       -- 分工 · several lines
  "phone" TEXT,                                       -- 联系电话 · canonical
  "document_no" TEXT,                                 -- 成立文号
  "from_on" TEXT,                                     -- 开始日期 · ISO 8601 day
  "until_on" TEXT                                     -- 结束日期 · ISO 8601 day
) STRICT;

-- 会议记录: domain.md §1.25, §5 (3, 6).
CREATE TABLE meeting (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "organisation" INTEGER REFERENCES obj (id),         -- 学校 · a organisation (obj.id)
  "kind" TEXT,                                        -- 会议类别 · code meeting_kind
  "theme" TEXT,                                       -- 主题
  "on" TEXT,                                          -- 日期 · ISO 8601 day
  "place" TEXT,                                       -- 地点
  "chair" TEXT,                                       -- 主持人
  "present" TEXT,                                     -- 出席人员 · several lines
  "absent" TEXT,                                      -- 缺席人员
  "agenda" TEXT,                                      -- 议程 · several lines
  "discussion" TEXT,                                  -- 讨论情况 · several lines
  "decisions" TEXT,                                   -- 决议 · several lines
  "actions" TEXT,                                     -- 行动计划 · several lines
  "action_by" TEXT,                                   -- 负责人
  "due_on" TEXT,                                      -- 完成期限 · ISO 8601 day
  "recorded_by" TEXT                                  -- 记录人
) STRICT;

-- 工作方案与总结: notice §3 二 (控辍保学工作方案，因地因人施策); domain.md §1.25.
CREATE TABLE work_plan (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "organisation" INTEGER REFERENCES obj (id),         -- 学校 · a organisation (obj.id)
  "school_year" TEXT,                                 -- 学年
  "kind" TEXT,                                        -- 类别 · code work_plan_kind
  "title" TEXT,                                       -- 标题
  "document_no" TEXT,                                 -- 文号
  "issued_on" TEXT,                                   -- 印发日期 · ISO 8601 day
  "situation" TEXT,                                   -- 辍学情况与薄弱环节 · several lines
  "aims" TEXT,                                        -- 工作目标 · several lines
  "measures" TEXT,                                    -- 措施与步骤 · several lines
  "drafted_by" TEXT                                   -- 起草人
) STRICT;

-- 家长委员会成员: notice §1 ¶2 (家长委员会制度); domain.md §1.25, §5 (6).
CREATE TABLE committee_member (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "organisation" INTEGER REFERENCES obj (id),         -- 学校 · a organisation (obj.id)
  "school_year" TEXT,                                 -- 学年
  "name" TEXT,                                        -- 姓名
  "role" TEXT,                                        -- 职务 · code committee_role
  "student" INTEGER REFERENCES obj (id),              -- 学生 · a student (obj.id)
  "phone" TEXT,                                       -- 联系电话 · canonical
  "tasks" TEXT,                                       -- 分工
  "from_on" TEXT,                                     -- 任期开始 · ISO 8601 day
  "until_on" TEXT                                     -- 任期结束 · ISO 8601 day
) STRICT;
CREATE INDEX committee_member_student ON committee_member ("student");

-- 学生资助: domain.md §1.25 (学生资助台账); 义务教育法 art. 44.
CREATE TABLE aid (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "student" INTEGER REFERENCES obj (id),              -- 学生 · a student (obj.id)
  "school_year" TEXT,                                 -- 学年
  "term" TEXT,                                        -- 学期 · code term
  "kind" TEXT,                                        -- 资助项目 · code aid_kind
  "basis" TEXT,                                       -- 资助依据 · codes hardship · JSON array of codes
  "amount" TEXT,                                      -- 金额（元） · decimal text
  "paid_on" TEXT,                                     -- 发放日期 · ISO 8601 day
  "way" TEXT,                                         -- 发放方式
  "document_no" TEXT,                                 -- 证明或文号
  "note" TEXT                                         -- 备注 · several lines
) STRICT;
CREATE INDEX aid_student ON aid ("student");

-- 困境儿童关爱: domain.md §1.25; decisions D30.
CREATE TABLE hardship_file (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "student" INTEGER REFERENCES obj (id),              -- 学生 · a student (obj.id)
  "filed_on" TEXT,                                    -- 登记日期 · ISO 8601 day
  "found_by" TEXT,                                    -- 认定单位
  "document_no" TEXT,                                 -- 认定文号
  "carer" TEXT,                                       -- 现在的照料人
  "needs" TEXT,                                       -- 需要的帮助 · several lines
  "helper" TEXT,                                      -- 帮扶责任人
  "measures" TEXT,                                    -- 已采取的帮扶措施 · several lines
  "reviewed_on" TEXT,                                 -- 最近复核日期 · ISO 8601 day
  "closed_on" TEXT                                    -- 结束日期 · ISO 8601 day
) STRICT;
CREATE INDEX hardship_file_student ON hardship_file ("student");

-- 函件: notice §1 ¶2 (提醒、督促家长), §2 (二) (对接教育行政部门); decisions D41, D42.
CREATE TABLE letter (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "student" INTEGER REFERENCES obj (id),              -- 学生 · a student (obj.id)
  "kind" TEXT,                                        -- 函件类别 · code letter_kind
  "document_no" TEXT,                                 -- 编号
  "to_whom" TEXT,                                     -- 主送
  "sent_on" TEXT,                                     -- 发出日期 · ISO 8601 day
  "way" TEXT,                                         -- 发送方式 · code letter_way
  "content" TEXT,                                     -- 事由与请求 · several lines
  "due_on" TEXT,                                      -- 请于何日前回复 · ISO 8601 day
  "sent_by" TEXT,                                     -- 经办人
  "replied_on" TEXT,                                  -- 回复日期 · ISO 8601 day
  "replied_by" TEXT,                                  -- 回复人
  "result" TEXT,                                      -- 回复结果 · code letter_result
  "reply" TEXT                                        -- 回复内容 · several lines
) STRICT;
CREATE INDEX letter_student ON letter ("student");

-- 转介记录: decisions D42; 未成年人保护法 art. 11, 43.
CREATE TABLE referral (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "student" INTEGER REFERENCES obj (id),              -- 学生 · a student (obj.id)
  "on" TEXT,                                          -- 转介日期 · ISO 8601 day
  "to_kind" TEXT,                                     -- 转介到 · code contact_kind
  "to_whom" TEXT,                                     -- 单位与接收人
  "reason" TEXT,                                      -- 需要帮助的事项 · several lines · sensitive
  "by" TEXT,                                          -- 经办人
  "answered_on" TEXT,                                 -- 答复日期 · ISO 8601 day
  "answer" TEXT,                                      -- 答复内容 · several lines
  "next_on" TEXT                                      -- 下次跟进日期 · ISO 8601 day
) STRICT;
CREATE INDEX referral_student ON referral ("student");

-- 电话联系记录: decisions D42; domain.md §1.3.
CREATE TABLE phone_call (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "student" INTEGER REFERENCES obj (id),              -- 学生 · a student (obj.id)
  "on" TEXT,                                          -- 日期 · ISO 8601 day
  "at" TEXT,                                          -- 时间
  "result" TEXT,                                      -- 通话结果 · code call_result
  "relation" TEXT,                                    -- 通话对象 · code relation
  "who" TEXT,                                         -- 对方姓名
  "phone" TEXT,                                       -- 电话号码 · canonical
  "told" TEXT,                                        -- 通话内容 · several lines
  "by" TEXT,                                          -- 联系人
  "next_on" TEXT                                      -- 下次联系日期 · ISO 8601 day
) STRICT;
CREATE INDEX phone_call_student ON phone_call ("student");
CREATE INDEX phone_call_on ON phone_call ("on");

-- 乡镇和村联系人: decisions D42; domain.md §3.6, §5 (1, 2).
CREATE TABLE contact (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "organisation" INTEGER REFERENCES obj (id),         -- 学校 · a organisation (obj.id)
  "kind" TEXT,                                        -- 单位类别 · code contact_kind
  "unit" TEXT,                                        -- 单位
  "village" TEXT,                                     -- 联系的村
  "name" TEXT,                                        -- 姓名
  "post" TEXT,                                        -- 职务
  "phone" TEXT,                                       -- 联系电话 · canonical
  "from_on" TEXT,                                     -- 任职开始 · ISO 8601 day
  "until_on" TEXT,                                    -- 任职结束 · ISO 8601 day
  "note" TEXT                                         -- 备注 · several lines
) STRICT;

-- 住宿登记: decisions D43 (寄宿).
CREATE TABLE dorm_bed (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "student" INTEGER REFERENCES obj (id),              -- 学生 · a student (obj.id)
  "building" TEXT,                                    -- 宿舍楼
  "room" TEXT,                                        -- 房间
  "bed" TEXT,                                         -- 床位
  "keeper" TEXT,                                      -- 宿舍管理员
  "fetched_by" TEXT,                                  -- 接送人
  "fetched_phone" TEXT,                               -- 接送人电话 · canonical
  "from_on" TEXT,                                     -- 入住日期 · ISO 8601 day
  "until_on" TEXT                                     -- 退宿日期 · ISO 8601 day
) STRICT;
CREATE INDEX dorm_bed_student ON dorm_bed ("student");

-- 住宿返校点名: decisions D43 (周日返校).
CREATE TABLE dorm_check (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "organisation" INTEGER REFERENCES obj (id),         -- 学校 · a organisation (obj.id)
  "on" TEXT,                                          -- 日期 · ISO 8601 day
  "kind" TEXT,                                        -- 点名类别 · code dorm_check_kind
  "building" TEXT,                                    -- 宿舍楼
  "room" TEXT,                                        -- 房间
  "expected" INTEGER,                                 -- 应到人数 · whole number, 0 to 2000
  "present" INTEGER,                                  -- 实到人数 · whole number, 0 to 2000
  "keeper" TEXT,                                      -- 宿舍管理员
  "note" TEXT                                         -- 备注 · several lines
) STRICT;

-- 九年级毕业去向: decisions D43 (九年级); notice §2 (三) (初中学段重点监控).
CREATE TABLE graduate (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "student" INTEGER REFERENCES obj (id),              -- 学生 · a student (obj.id)
  "school_year" TEXT,                                 -- 学年
  "wish" TEXT,                                        -- 升学意向 · code graduate_way
  "took_exam" INTEGER,                                -- 是否参加中考 · 1 yes, 0 no
  "went" TEXT,                                        -- 毕业去向 · code graduate_way
  "school" TEXT,                                      -- 录取学校或单位
  "verified_on" TEXT,                                 -- 核实日期 · ISO 8601 day
  "verified_by" TEXT,                                 -- 核实人
  "note" TEXT                                         -- 备注 · several lines
) STRICT;
CREATE INDEX graduate_student ON graduate ("student");

-- 减负情况检查: notice §2 (三) (减负三十条); 教基一〔2019〕329号; domain.md §5 (5).
CREATE TABLE load_check (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "organisation" INTEGER REFERENCES obj (id),         -- 学校 · a organisation (obj.id)
  "on" TEXT,                                          -- 检查日期 · ISO 8601 day
  "grade" TEXT,                                       -- 年级 · code grade
  "class" TEXT,                                       -- 班级
  "homework_minutes" INTEGER,                         -- 书面作业时间（分钟） · whole number, 0 to 600
  "homework_shown" INTEGER,                           -- 作业已公示 · 1 yes, 0 no
  "exams" INTEGER,                                    -- 本学期统一考试次数 · whole number, 0 to 50
  "no_ranks" INTEGER,                                 -- 不公布排名 · 1 yes, 0 no
  "no_holiday_lessons" INTEGER,                       -- 节假日不上课 · 1 yes, 0 no
  "sport" INTEGER,                                    -- 每天锻炼一小时 · 1 yes, 0 no
  "sleep" INTEGER,                                    -- 睡眠时间有保证 · 1 yes, 0 no
  "asked_parents" INTEGER,                            -- 已听取家长意见 · 1 yes, 0 no
  "found" TEXT,                                       -- 发现的问题 · several lines
  "mended" TEXT,                                      -- 改进措施 · several lines
  "by" TEXT                                           -- 检查人
) STRICT;

-- 工作记录: notice §1 ¶1 (师德教育，帮助学生), §3 三 (典型经验); decisions D43.
CREATE TABLE work_record (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "organisation" INTEGER REFERENCES obj (id),         -- 学校 · a organisation (obj.id)
  "kind" TEXT,                                        -- 类别 · code work_kind
  "title" TEXT,                                       -- 标题
  "on" TEXT,                                          -- 日期 · ISO 8601 day
  "place" TEXT,                                       -- 地点
  "people" TEXT,                                      -- 参与人员
  "student" INTEGER REFERENCES obj (id),              -- 相关学生 · a student (obj.id)
  "content" TEXT,                                     -- 内容 · several lines
  "effect" TEXT,                                      -- 成效 · several lines
  "recorded_by" TEXT                                  -- 记录人
) STRICT;
CREATE INDEX work_record_student ON work_record ("student");

-- 导入附记: decisions A3 (raw cell kept in a finding).
CREATE TABLE import_note (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "student" INTEGER REFERENCES obj (id),              -- 学生 · a student (obj.id)
  "on" TEXT,                                          -- 导入日期 · ISO 8601 day
  "file" TEXT,                                        -- 工作簿
  "place" TEXT,                                       -- 位置
  "kept" TEXT,                                        -- 未识别的栏目 · several lines
  "unread" TEXT                                       -- 未能读取的单元格 · several lines
) STRICT;
CREATE INDEX import_note_student ON import_note ("student");

-- 校历: domain.md §7; decisions A36.
CREATE TABLE calendar (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "organisation" INTEGER REFERENCES obj (id),         -- 单位 · a organisation (obj.id)
  "kind" TEXT,                                        -- 类别 · code calendar_kind
  "from_on" TEXT,                                     -- 开始日期 · ISO 8601 day
  "until_on" TEXT,                                    -- 结束日期 · ISO 8601 day
  "term" TEXT,                                        -- 学期 · code term
  "grade" TEXT,                                       -- 只限年级 · code grade
  "class" TEXT,                                       -- 只限班级
  "note" TEXT                                         -- 说明
) STRICT;

-- 设置: domain.md §10; decisions B15.
CREATE TABLE setting (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "organisation" INTEGER REFERENCES obj (id),         -- 单位 · a organisation (obj.id)
  "key" TEXT,                                         -- 项目
  "value" TEXT,                                       -- 值
  "locked" INTEGER,                                   -- 下级单位须遵照 · 1 yes, 0 no
  "basis" TEXT                                        -- 依据
) STRICT;

-- 上级设置: decisions A7, B15; package.md §2; domain.md §10.
CREATE TABLE settings_file (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "organisation" INTEGER REFERENCES obj (id),         -- 单位 · a organisation (obj.id)
  "by" TEXT,                                          -- 制发单位
  "issue" INTEGER,                                    -- 期数 · whole number, 1 to 1000000
  "title" TEXT,                                       -- 名称
  "made_on" TEXT,                                     -- 制发日期 · ISO 8601 day
  "taken_on" TEXT,                                    -- 接收日期 · ISO 8601 day
  "file" TEXT                                         -- 文件 · several lines
) STRICT;

-- 更正异议: package.md §2 (下发, corrections); decisions B15.
CREATE TABLE objection (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "organisation" INTEGER REFERENCES obj (id),         -- 提出单位 · a organisation (obj.id)
  "about" TEXT,                                       -- 所说的记录
  "field" TEXT,                                       -- 栏目代号
  "change" TEXT,                                      -- 所说的更正
  "label" TEXT,                                       -- 栏目
  "named" TEXT,                                       -- 涉及的记录
  "said" TEXT,                                        -- 上级更正为 · several lines
  "reason" TEXT,                                      -- 不同意的理由 · several lines
  "by" TEXT,                                          -- 提出人
  "on" TEXT,                                          -- 提出日期 · ISO 8601 day
  "answer" TEXT,                                      -- 答复 · several lines
  "answered_by" TEXT,                                 -- 答复人
  "answered_on" TEXT                                  -- 答复日期 · ISO 8601 day
) STRICT;

-- 审定封存的报表: decisions A10; domain.md §4.1.
CREATE TABLE sealed_report (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "organisation" INTEGER REFERENCES obj (id),         -- 填报单位 · a organisation (obj.id)
  "report" TEXT,                                      -- 报表
  "period" TEXT,                                      -- 期间
  "state" TEXT,                                       -- 状态 · code sealed_state
  "sealed_on" TEXT,                                   -- 封存日期 · ISO 8601 day
  "sealed_by" TEXT,                                   -- 审定人
  "zero" INTEGER,                                     -- 零报告 · 1 yes, 0 no
  "explained" TEXT,                                   -- 未决事项说明 · several lines
  "version" TEXT,                                     -- 报表定义
  "tips" TEXT,                                        -- 封存时的记录位置 · several lines
  "numbers" TEXT,                                     -- 封存的数字 · several lines
  "lists" TEXT,                                       -- 封存的名单 · several lines
  "reopened_on" TEXT,                                 -- 重新打开日期 · ISO 8601 day
  "reopened_why" TEXT                                 -- 重新打开原因
) STRICT;

-- 校验说明: decisions A3; domain.md §9.
CREATE TABLE finding_note (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "student" INTEGER REFERENCES obj (id),              -- 学生 · a student (obj.id)
  "about" TEXT,                                       -- 所说的记录
  "rule" TEXT,                                        -- 校验项
  "field" TEXT,                                       -- 栏目
  "facts" TEXT,                                       -- 当时的情况
  "finding" TEXT,                                     -- 校验意见
  "reason" TEXT,                                      -- 说明 · several lines
  "by" TEXT,                                          -- 说明人
  "stated_on" TEXT                                    -- 说明日期 · ISO 8601 day
) STRICT;
CREATE INDEX finding_note_student ON finding_note ("student");

-- 附件: decisions A6; domain.md §1 (Pic, 佐证材料).
CREATE TABLE attachment (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "student" INTEGER REFERENCES obj (id),              -- 学生 · a student (obj.id)
  "about" TEXT,                                       -- 所附的记录
  "kind" TEXT,                                        -- 类别 · code attachment_kind
  "name" TEXT,                                        -- 名称
  "file" TEXT,                                        -- 文件 · SHA-256 of an attachment
  "format" TEXT,                                      -- 格式
  "kb" INTEGER,                                       -- 大小（KB） · whole number, 0 to 100000
  "added_on" TEXT                                     -- 添加日期 · ISO 8601 day
) STRICT;
CREATE INDEX attachment_student ON attachment ("student");

-- What child rows say of a student today: derived from them, rebuilt at any time, never exchanged.
CREATE TABLE student_now (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the student
  "school" INTEGER,                                   -- 学校 · a organisation (obj.id)
  "grade" TEXT,                                       -- 年级 · code grade · item 22
  "class" TEXT,                                       -- 班级 · item 23
  "seat_no" TEXT,                                     -- 班内学号 · item 21
  "boarding" TEXT,                                    -- 就读方式 · code boarding · item 26
  "status" TEXT,                                      -- 就读状态 · code roll_status
  "entered_month" TEXT,                               -- 入学年月 · ISO 8601 month · item 24
  "enter_way" TEXT,                                   -- 入学方式 · code enter_way · item 25
  "student_source" TEXT,                              -- 学生来源 · code student_source · item 27
  "campus" TEXT,                                      -- 校区号
  "commute_km" TEXT,                                  -- 上下学距离 · decimal text · item 46
  "commute" TEXT,                                     -- 上下学交通方式 · code commute · item 47
  "school_bus" INTEGER,                               -- 是否需要乘坐校车 · 1 yes, 0 no · item 48
  "left_behind" TEXT,                                 -- 是否留守儿童 · code left_behind · item 37
  "migrant" TEXT,                                     -- 是否随迁子女 · code yes_no
  "migrant_worker_child" TEXT,                        -- 是否进城务工人员随迁子女 · code yes_no · item 38
  "orphan" TEXT,                                      -- 是否孤儿 · code yes_no · item 39
  "martyr_family" TEXT,                               -- 是否烈士或优抚子女 · code yes_no · item 40
  "disability" TEXT,                                  -- 残疾类型 · code disability · item 42
  "with_class" TEXT,                                  -- 随班就读 · code with_class · item 41
  "hardship" TEXT,                                    -- 困难类型 · code hardship
  "struggling" TEXT,                                  -- 是否学习困难学生 · code yes_no
  "only_child" TEXT,                                  -- 是否独生子女 · code yes_no · item 35
  "preschool" TEXT,                                   -- 是否受过学前教育 · code yes_no · item 36
  "bought_place" TEXT,                                -- 是否由政府购买学位 · code yes_no · item 43
  "aid_wanted" TEXT,                                  -- 是否需要申请资助 · code yes_no · item 44
  "subsidy" TEXT,                                     -- 是否享受一补 · code yes_no · item 45
  keys TEXT,                                          -- the keys in find_block, one a line
  sort_key TEXT                                       -- place in lists: school, grade, class, number, name in pinyin
) STRICT;
CREATE INDEX student_now_sort ON student_now (sort_key);
CREATE INDEX student_now_class ON student_now ("grade", "class");

-- What children are found by, sorted, a block of neighbours a row. Derived.
CREATE TABLE find_block (
  id INTEGER PRIMARY KEY,                             -- the block
  first TEXT NOT NULL,                                -- its first key: folded name, pinyin, initials, number or its end
  obj INTEGER NOT NULL,                               -- the student that its first key finds
  keys BLOB NOT NULL                                  -- its keys with their students (store/keys.rs)
) STRICT;
CREATE INDEX find_block_first ON find_block (first, obj);

-- Keys that came or went in bulk and stand beside the blocks until there are many. Derived.
CREATE TABLE find_late (
  id INTEGER PRIMARY KEY,                             -- a part of a run
  run INTEGER NOT NULL,                               -- the run: of the same key the higher counts
  first TEXT NOT NULL,                                -- its first key
  keys BLOB NOT NULL                                  -- its keys with their students, and whether each is there (store/late.rs)
) STRICT;
CREATE INDEX find_late_first ON find_late (run, first);

-- Names and places of children, searched for any part: narrow, because all of it is read. Derived.
CREATE TABLE find_words (
  obj INTEGER PRIMARY KEY,                            -- the student
  words TEXT NOT NULL                                 -- folded, one a line
) STRICT;

-- ── This computer: never exchanged ───────────────────────────────────────────────────────────────────────────

-- Keys and settings of this copy of the ledger.
CREATE TABLE local (
  key TEXT PRIMARY KEY,                               -- name
  value BLOB NOT NULL                                 -- JSON, or key material
) STRICT;

-- What was being typed when the window closed.
CREATE TABLE draft (
  form TEXT NOT NULL,                                 -- record, and row when an existing one is changed
  value TEXT NOT NULL,                                -- JSON of the form
  written INTEGER NOT NULL,                           -- milliseconds UTC
  PRIMARY KEY (form)
) STRICT;

-- How the columns of a workbook were understood, by the fingerprint of its header.
CREATE TABLE mapping (
  fingerprint TEXT PRIMARY KEY,                       -- of the header's texts
  value TEXT NOT NULL                                 -- JSON: column → path
) STRICT;

-- Packages this computer sealed.
CREATE TABLE sent (
  number INTEGER PRIMARY KEY,                         -- package number of this computer
  file TEXT NOT NULL,                                 -- file name
  recipient BLOB NOT NULL,                            -- the organisation it is for, 16 bytes
  manifest_hash BLOB NOT NULL,                        -- SHA-256 of the manifest
  tips TEXT NOT NULL,                                 -- JSON: how far each chain went
  made INTEGER NOT NULL                               -- milliseconds UTC
) STRICT;

-- Packages that arrived here.
CREATE TABLE arrived (
  id INTEGER PRIMARY KEY,                             -- order of arrival
  sender BLOB NOT NULL,                               -- the organisation, 16 bytes
  replica BLOB NOT NULL,                              -- the computer, 16 bytes
  number INTEGER NOT NULL,                            -- its package number
  manifest_hash BLOB NOT NULL,                        -- SHA-256 of the manifest
  made INTEGER NOT NULL,                              -- when it was sealed, by the sender's clock; milliseconds UTC
  merged INTEGER NOT NULL,                            -- when it was merged here; milliseconds UTC
  report TEXT NOT NULL                                -- JSON: added, changed, conflicts, waiting
) STRICT;

-- Who looked at masked values (decisions A8).
CREATE TABLE unmasked (
  id INTEGER PRIMARY KEY,                             -- order
  at INTEGER NOT NULL,                                -- milliseconds UTC
  who INTEGER NOT NULL,                               -- the person (obj.id)
  obj INTEGER NOT NULL,                               -- the row
  field TEXT NOT NULL                                 -- the field
) STRICT;
