/**
 * Where things lie in shared memory. All numbers are bytes unless they say words. AssemblyScript kernels know the same
 * constants (kernels/assembly/layout.ts); a house test compares the two files.
 *
 * Everything is little-endian. Addresses are u32 into the one shared memory.
 */

export const PAGE_BYTES = 65536;
/** 4 GiB of address space; what is never touched costs nothing. */
export const PAGE_COUNT = 65536;

/** Never written: what a vector without nulls has as its null bytes. Long enough for the largest batch. */
export const ZEROS = 4096;
export const ZEROS_BYTES = 4096;
/** The page table: one word a page (arena.ts). Pages 1 to 4. */
export const PAGE_TABLE = PAGE_BYTES;
/** First page that can be claimed. */
export const FIRST_PAGE = 5;

/** Rows of a batch at most. */
export const BATCH_ROWS_MAX = 2048;

/**
 * A string view, 16 bytes: u32 byte length; then, up to 12 bytes: the bytes themselves, zero padded, so that two short
 * strings are equal when their 16 bytes are;
 * longer: their first 4 bytes, u32 reference, u32 zero. The reference is an address in a batch, an offset from the block's start in a block at rest.
 */
export const VIEW_BYTES = 16;
export const VIEW_INLINE_MAX = 12;
export const VIEW_PREFIX = 4;
export const VIEW_REF = 8;

/**
 * A heap: where a kernel or compiled code bumps up space for results of unknown size. 16 bytes: u32 next free byte, u32 end, u32 id (for the
 * host's `heapMore(heap, bytes)`, which makes room for at least that many contiguous bytes), u32 zero. Allocations are multiples of 8.
 */
export const HEAP_BYTES = 16;
export const HEAP_NEXT = 0;
export const HEAP_END = 4;
export const HEAP_ID = 8;

/**
 * A frame: what compiled code finds its world in; one for each pipeline an executor runs. Header, then a record a slot.
 *
 *   0 i32 error code (0 none)   4 i32 error site      8 i32 error row (position in the batch)   12 i32 parameters' address
 *  16 16 bytes error value: the offending operand, as its physical type lies in memory
 *  32 heap (16 bytes) for transient bytes, emptied after every batch
 *  48 u32 scratch address (FRAME_SCRATCH_BYTES, free for use inside one kernel call or one row)
 *  52 u32 rows of the batch    56 u32 task ordinal   60 u32 partition
 *  64 slot records
 */
export const FRAME_ERROR_CODE = 0;
export const FRAME_ERROR_SITE = 4;
export const FRAME_ERROR_ROW = 8;
export const FRAME_PARAMETERS = 12;
export const FRAME_ERROR_VALUE = 16;
export const FRAME_HEAP = 32;
export const FRAME_SCRATCH = 48;
export const FRAME_ROWS = 52;
export const FRAME_TASK = 56;
export const FRAME_PARTITION = 60;
export const FRAME_SLOTS = 64;
export const FRAME_SCRATCH_BYTES = 65536;

/**
 * A slot record, 16 bytes: u32 address of the values, u32 address of the null bytes (one byte a row, 1 = null; ZEROS where there are none), u32 flags,
 * u32 address of the codes. All are indexed by the row's position in the batch; a filter makes a selection and moves nothing.
 */
export const SLOT_BYTES = 16;
export const SLOT_VALUES = 0;
export const SLOT_NULLS = 4;
export const SLOT_FLAGS = 8;
export const SLOT_CODES = 12;
/** No row of this batch is null in this slot. */
export const SLOT_FLAG_NO_NULLS = 1;
/**
 * The slot's views are not made yet: at its codes' address are u32 address of the batch's codes (a byte a row), u32 address of their dictionary. Only of slots
 * that a `load` step marks as coded: those who read them know.
 */
export const SLOT_FLAG_CODES = 2;
/** The slot's numbers have ranks: at its codes' address are u32 address of the batch's ranks (a byte a row), u32 address of the block's sorted values. */
export const SLOT_FLAG_RANKS = 4;
/**
 * The slot's values are those of a dictionary, too: at its codes' address are u32 address of the batch's numbers, u32 bytes of each (1 or 4), u32 address of the dictionary's
 * values, u32 how many there are, u32 which dictionary it is (never 0, and no other one of the thread's), 12 bytes zero. Only of slots that a `load` step marks as numbered.
 */
export const SLOT_FLAG_NUMBERS = 8;
export const NUMBERS_HEADER_BYTES = 32;
/** Bits from here on: how large the slot's integers are in this batch, nulls aside: below 2^(bound − 1) in magnitude, or equal; 0: not known. */
export const SLOT_BOUND_SHIFT = 8;

/**
 * A block: rows at rest, in one span of at most BLOCK_BYTES_MAX (more only for a single row that needs it).
 *
 * Words: 0 magic, 1 rows, 2 columns, 3 byte length, 4 task ordinal that made it, 5 partition, 6..7 zero;
 * then a record of 8 words a column: 0 physical type (PHYSICAL_CODE), 1 values' offset, 2 validity bitmap's offset (Arrow: bit set = valid; 0 = no nulls),
 * 3 null count, 4 heap offset, 5 heap length, 6 flags, 7 dictionary's offset. Offsets are from the block's start, multiples of 16.
 * A dictionary: u32 how many views (at most DICTIONARY_MAX), u32 generation (memory/dictionary.ts; 0 in blocks), 8 bytes zero, then the views.
 */
export const BLOCK_MAGIC = 0x314b4251;
export const BLOCK_HEADER_BYTES = 32;
export const BLOCK_COLUMN_BYTES = 32;
export const BLOCK_BYTES_MAX = 16 * 1024 * 1024;
/** Column flag: some view is longer than VIEW_INLINE_MAX, so its references need the block's address added. */
export const BLOCK_FLAG_LONG_VIEWS = 1;
/** Column flag, of short views: the values are codes, a byte a row, into the column's dictionary. Only in blocks of cached data. */
export const BLOCK_FLAG_CODES = 2;
/**
 * Column flag, of i64 and f64: beside the values, at the heap's offset, the rank of each (a byte a row) among the block's different ones, which the dictionary holds in
 * order. Only in blocks of cached data.
 */
export const BLOCK_FLAG_RANKS = 4;
/** Bits from here on, of integers without nulls: as SLOT_BOUND_SHIFT says, for all rows. Only in blocks of cached data. */
export const BLOCK_BOUND_SHIFT = 8;
/** Larger bounds are not noted: a few large numbers need not be in each batch. */
export const BLOCK_BOUND_MAX = 44;
export const DICTIONARY_MAX = 256;
export const DICTIONARY_HEADER_BYTES = 16;

export const PHYSICAL_CODE = { bool: 1, i32: 2, i64: 3, i128: 4, f64: 5, view: 6 } as const;

/** What a packed array or map (memory/packed.ts) begins with. */
export const PACKED_HEADER_BYTES = 8;
/** Codes of nested types in descriptions of types (memory/packed-types.ts), beside those of PHYSICAL_CODE. */
export const PACKED_ARRAY = 7;
export const PACKED_STRUCT = 8;
export const PACKED_MAP = 9;
