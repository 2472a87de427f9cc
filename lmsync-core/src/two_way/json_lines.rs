//! Files of JSON lines that are only ever added to.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use serde::de::DeserializeOwned;

/// The records of a file of JSON lines.
pub(super) struct Lines<T> {
    pub(super) records: Vec<T>,
    /// A last line that was cut off.
    pub(super) torn: Option<String>,
    /// Number of bytes that the records take.
    whole: u64,
    /// Set if the last line lacks only its end.
    is_unended: bool,
}

impl<T: DeserializeOwned> Lines<T> {
    /// Reads every line of `file`.
    pub(super) fn read(file: &mut File) -> io::Result<Self> {
        let mut content = Vec::new();
        file.read_to_end(&mut content)?;
        Self::parse(&content)
    }

    /// Reads every line of the file at `path`; none if there is no such file.
    pub(super) fn read_at(path: &Path) -> io::Result<Self> {
        require_plain_file(path)?;
        match fs::read(path) {
            Ok(content) => Self::parse(&content),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::parse(b""),
            Err(error) => Err(error),
        }
    }

    fn parse(content: &[u8]) -> io::Result<Self> {
        let end = content.iter().rposition(|byte| *byte == b'\n');
        let (whole, last) = content.split_at(end.map_or(0, |end| end + 1));
        let mut lines = Self {
            records: whole_lines(whole)?,
            torn: None,
            whole: whole.len() as u64,
            is_unended: false,
        };
        match serde_json::from_slice(last) {
            Ok(record) => {
                lines.records.push(record);
                lines.whole = content.len() as u64;
                lines.is_unended = true;
            }
            Err(_) if last.is_empty() => {}
            Err(_) => lines.torn = Some(String::from_utf8_lossy(last).into_owned()),
        }
        Ok(lines)
    }
}

impl<T> Lines<T> {
    /// Takes a last line that was cut off out of `file`, which these were read from, and
    /// readies it for the next line.
    pub(super) fn mend(&self, file: File) -> io::Result<LineWriter> {
        let mut writer = LineWriter {
            file,
            whole: self.whole,
            is_closed: false,
        };
        if self.torn.is_some() {
            writer.file.set_len(self.whole)?;
        }
        if self.is_unended {
            writer.append(b"\n")?;
        }
        Ok(writer)
    }
}

fn whole_lines<T: DeserializeOwned>(content: &[u8]) -> io::Result<Vec<T>> {
    let lines = (1..).zip(content.split(|byte| *byte == b'\n'));
    lines
        .filter(|(_, line)| !line.trim_ascii().is_empty())
        .map(|(number, line)| {
            serde_json::from_slice(line).map_err(|error| {
                let message = format!("line {number} is damaged: {error}");
                io::Error::new(io::ErrorKind::InvalidData, message)
            })
        })
        .collect()
}

/// Opens the file at `path` for reading and adding, or begins one.
pub(super) fn open(path: &Path) -> io::Result<File> {
    require_plain_file(path)?;
    OpenOptions::new()
        .read(true)
        .append(true)
        .create(true)
        .open(path)
}

/// Refuses what keeps no lines: a folder, a pipe, a device. Looks before anything is opened,
/// since opening a pipe may wait for ever.
fn require_plain_file(path: &Path) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(found) if !found.is_file() => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is a folder, a pipe or a device, and no file",
        )),
        // What else is wrong is told when it is opened.
        _ => Ok(()),
    }
}

/// The end of a file, to which whole lines are added and nothing else.
pub(super) struct LineWriter<F = File> {
    file: F,
    /// Number of bytes up to the end of the last whole line.
    whole: u64,
    /// Set once a part of a line could not be taken back.
    is_closed: bool,
}

/// A file as far as a [`LineWriter`] uses it.
pub(super) trait LineFile: Write {
    /// Cuts the file to so many bytes.
    fn cut(&mut self, bytes: u64) -> io::Result<()>;
    /// Returns once all that was written is on the disk.
    fn sync(&mut self) -> io::Result<()>;
}

impl LineFile for File {
    fn cut(&mut self, bytes: u64) -> io::Result<()> {
        self.set_len(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

impl<F: LineFile> LineWriter<F> {
    /// Adds `line`, on the disk before this returns.
    ///
    /// Of a line that does not fit nothing stays: the next one begins where this one would have.
    /// If even that fails, the file takes no further line.
    pub(super) fn append(&mut self, line: &[u8]) -> io::Result<()> {
        if self.is_closed {
            return Err(io::Error::other(
                "an earlier line was cut off and could not be taken back, so that no other is added",
            ));
        }
        match self.write(line) {
            Ok(()) => {
                self.whole += line.len() as u64;
                Ok(())
            }
            Err(error) => {
                self.is_closed = self.file.cut(self.whole).is_err();
                Err(error)
            }
        }
    }

    fn write(&mut self, line: &[u8]) -> io::Result<()> {
        self.file.write_all(line)?;
        self.file.sync()
    }

    /// Takes out every line.
    pub(super) fn clear(&mut self) -> io::Result<()> {
        self.file.cut(0)?;
        self.whole = 0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A disk of so many bytes.
    struct SmallDisk {
        content: Vec<u8>,
        size: usize,
        can_cut: bool,
        can_sync: bool,
    }

    impl Write for SmallDisk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let free = self.size - self.content.len();
            if free == 0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            let taken = &bytes[..bytes.len().min(free)];
            self.content.extend(taken);
            Ok(taken.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl LineFile for SmallDisk {
        fn cut(&mut self, bytes: u64) -> io::Result<()> {
            if !self.can_cut {
                return Err(io::ErrorKind::Other.into());
            }
            self.content.truncate(usize::try_from(bytes).unwrap());
            Ok(())
        }

        fn sync(&mut self) -> io::Result<()> {
            match self.can_sync {
                true => Ok(()),
                false => Err(io::ErrorKind::Other.into()),
            }
        }
    }

    fn writer(size: usize) -> LineWriter<SmallDisk> {
        LineWriter {
            file: SmallDisk {
                content: Vec::new(),
                size,
                can_cut: true,
                can_sync: true,
            },
            whole: 0,
            is_closed: false,
        }
    }

    #[test]
    fn a_line_that_a_full_disk_cuts_off_is_taken_back() {
        for size in 8..16 {
            let mut writer = writer(size);
            writer.append(b"{\"a\":1}\n").unwrap();
            let error = writer.append(b"{\"b\":2}\n").unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::StorageFull, "{size}");
            assert_eq!(writer.file.content, b"{\"a\":1}\n", "{size}");
            // Somebody made room.
            writer.file.size = 100;
            writer.append(b"{\"c\":3}\n").unwrap();
            assert_eq!(writer.file.content, b"{\"a\":1}\n{\"c\":3}\n", "{size}");
        }
    }

    #[test]
    fn a_line_that_may_not_be_on_the_disk_is_taken_back() {
        let mut writer = writer(100);
        writer.append(b"1\n").unwrap();
        writer.file.can_sync = false;
        writer.append(b"2\n").unwrap_err();
        writer.file.can_sync = true;
        writer.append(b"3\n").unwrap();
        assert_eq!(writer.file.content, b"1\n3\n");
    }

    #[test]
    fn a_part_of_a_line_that_cannot_be_taken_back_closes_the_file() {
        let mut writer = writer(5);
        writer.append(b"11\n").unwrap();
        writer.file.can_cut = false;
        writer.append(b"2222\n").unwrap_err();
        writer.file.size = 100;
        let error = writer.append(b"33\n").unwrap_err();
        assert!(error.to_string().contains("earlier line"), "{error}");
        assert_eq!(writer.file.content, b"11\n22");
    }

    #[test]
    fn a_cleared_file_begins_anew() {
        let mut writer = writer(6);
        writer.append(b"1111\n").unwrap();
        writer.clear().unwrap();
        writer.append(b"22\n").unwrap();
        writer.append(b"3333\n").unwrap_err();
        assert_eq!(writer.file.content, b"22\n");
    }

    #[test]
    fn what_keeps_no_lines_is_refused_before_it_is_opened() {
        let folder = tempfile::tempdir().unwrap();
        let mut paths = vec![folder.path().to_owned()];
        if cfg!(unix) {
            paths.push("/dev/null".into());
        }
        for path in paths {
            let opened = open(&path).map(drop);
            let read = Lines::<u8>::read_at(&path).map(drop);
            for refused in [opened, read] {
                let error = refused.unwrap_err();
                assert!(error.to_string().contains("no file"), "{error}");
            }
        }
    }
}
