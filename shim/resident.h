// How much of the program itself stays in memory.
#pragma once

namespace ocirt::shim {

/// Unmaps the pages of the program's code and constants. The kernel keeps them in its page cache
/// and maps again what is used next: of all that ran at the start, hardly anything. A thousand idle
/// monitors are what this is for.
void leave_program_pages();

}  // namespace ocirt::shim
