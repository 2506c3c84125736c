//! What a way of merging must survive: sticks that come twice or in any order, a disk that was cloned, a backup that was
//! restored. Told by the same small story for every contender.

/// A way of merging, as far as a story needs it.
pub trait Engine {
    /// What stands on one computer's disk.
    type Site;
    /// A computer that holds so many children.
    fn site(&self, children: usize) -> Self::Site;
    /// Another computer with the same disk: a clone, or the one that a backup is put back on.
    fn copy(&self, site: &mut Self::Site) -> Self::Site;
    /// One saved form of one field.
    fn write(&self, site: &mut Self::Site, child: usize, field: usize, text: &str);
    /// What was written since the last package.
    fn pack(&self, site: &mut Self::Site) -> Vec<u8>;
    /// Takes a package in; false when it cannot.
    fn take(&self, site: &mut Self::Site, package: &[u8]) -> bool;
    /// What people see in a field.
    fn shown(&self, site: &Self::Site, child: usize, field: usize) -> Option<String>;
    /// Fields that it says were filled differently.
    fn conflicts(&self, site: &Self::Site) -> usize;
}

/// Children of a story.
const CHILDREN: usize = 10;

/// Doubled, shuffled, cloned, restored: whether each left everything as it should be.
pub fn survives<E: Engine>(engine: &E) -> [bool; 4] {
    [doubled(engine), shuffled(engine), cloned(engine), restored(engine)]
}

/// A school and its center that hold the same children.
fn pair<E: Engine>(engine: &E) -> (E::Site, E::Site) {
    let mut school = engine.site(CHILDREN);
    let center = engine.copy(&mut school);
    (school, center)
}

/// The same stick twice: nothing changes, nobody is asked.
fn doubled<E: Engine>(engine: &E) -> bool {
    let (mut school, mut center) = pair(engine);
    engine.write(&mut school, 1, 4, "子里甲村1号");
    let first = engine.pack(&mut school);
    engine.write(&mut school, 1, 4, "子里甲村2号");
    let second = engine.pack(&mut school);
    let taken = [&first, &second, &first, &second].map(|package| engine.take(&mut center, package));
    taken == [true; 4] && is(engine, &center, 1, 4, "子里甲村2号") && engine.conflicts(&center) == 0
}

/// Three sticks that come in another order: the newest stands, nobody is asked.
fn shuffled<E: Engine>(engine: &E) -> bool {
    let (mut school, mut center) = pair(engine);
    let mut packages = Vec::new();
    for text in ["一", "二", "三"] {
        engine.write(&mut school, 2, 4, text);
        packages.push(engine.pack(&mut school));
    }
    for at in [2, 0, 1] {
        engine.take(&mut center, &packages[at]);
    }
    is(engine, &center, 2, 4, "三") && engine.conflicts(&center) == 0
}

/// Two computers from one disk: what each wrote of the same child stands.
fn cloned<E: Engine>(engine: &E) -> bool {
    let (mut school, mut center) = pair(engine);
    engine.write(&mut school, 3, 4, "克隆之前");
    let mut clone = engine.copy(&mut school);
    engine.write(&mut school, 3, 5, "13800000001");
    engine.write(&mut clone, 3, 8, "673400");
    let packages = [engine.pack(&mut school), engine.pack(&mut clone)];
    for package in &packages {
        engine.take(&mut center, package);
    }
    let both = is(engine, &center, 3, 5, "13800000001") && is(engine, &center, 3, 8, "673400");
    both && is(engine, &center, 3, 4, "克隆之前") && engine.conflicts(&center) == 0
}

/// A backup put back after a package was sent: what was sent stands, and so does what was written since.
fn restored<E: Engine>(engine: &E) -> bool {
    let (mut school, mut center) = pair(engine);
    engine.write(&mut school, 4, 4, "备份之前");
    let mut backup = engine.copy(&mut school);
    engine.write(&mut school, 4, 5, "13800000002");
    let sent = engine.pack(&mut school);
    engine.write(&mut backup, 4, 8, "673401");
    let since = engine.pack(&mut backup);
    for package in [sent, since] {
        engine.take(&mut center, &package);
    }
    let wrote = [(4, "备份之前"), (5, "13800000002"), (8, "673401")];
    let all = wrote.iter().all(|(field, text)| is(engine, &center, 4, *field, text));
    all && engine.conflicts(&center) == 0
}

fn is<E: Engine>(engine: &E, site: &E::Site, child: usize, field: usize, text: &str) -> bool {
    engine.shown(site, child, field).as_deref() == Some(text)
}
