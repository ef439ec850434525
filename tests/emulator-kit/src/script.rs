//! Which calls a scripted fault or a gate is for.

/// A fault or a gate, in the words of its emulator.
pub trait Script {
    /// What is known of a call where it meets the script.
    type Call<'a>;

    /// Is the script for this call?
    fn is_for(&self, call: &Self::Call<'_>) -> bool;

    /// Matching calls that pass before the first that is struck or held.
    fn skip(&mut self) -> &mut u32;

    /// Counts a call; `true`: the script's turn has come.
    fn takes(&mut self, call: &Self::Call<'_>) -> bool {
        if !self.is_for(call) {
            return false;
        }
        let skip = self.skip();
        if *skip > 0 {
            *skip -= 1;
            return false;
        }
        true
    }
}
