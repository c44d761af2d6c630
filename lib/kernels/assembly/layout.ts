// The constants of lib/memory/layout.ts that kernels need; a house test compares the two files.

export const PAGE_BYTES: u32 = 65536;
export const ZEROS: u32 = 4096;
export const ZEROS_BYTES: u32 = 4096;
export const BATCH_ROWS_MAX: u32 = 2048;

export const VIEW_BYTES: u32 = 16;
export const VIEW_INLINE_MAX: u32 = 12;
export const VIEW_PREFIX: u32 = 4;
export const VIEW_REF: u32 = 8;

export const HEAP_BYTES: u32 = 16;
export const HEAP_NEXT: u32 = 0;
export const HEAP_END: u32 = 4;
export const HEAP_ID: u32 = 8;

export const FRAME_ERROR_CODE: u32 = 0;
export const FRAME_ERROR_SITE: u32 = 4;
export const FRAME_ERROR_ROW: u32 = 8;
export const FRAME_PARAMETERS: u32 = 12;
export const FRAME_ERROR_VALUE: u32 = 16;
export const FRAME_HEAP: u32 = 32;
export const FRAME_SCRATCH: u32 = 48;
export const FRAME_ROWS: u32 = 52;
export const FRAME_TASK: u32 = 56;
export const FRAME_PARTITION: u32 = 60;
export const FRAME_SLOTS: u32 = 64;
export const FRAME_SCRATCH_BYTES: u32 = 65536;

export const SLOT_BYTES: u32 = 16;
export const SLOT_VALUES: u32 = 0;
export const SLOT_NULLS: u32 = 4;
export const SLOT_FLAGS: u32 = 8;
export const SLOT_CODES: u32 = 12;
export const SLOT_FLAG_NO_NULLS: u32 = 1;
export const SLOT_FLAG_CODES: u32 = 2;
export const SLOT_FLAG_RANKS: u32 = 4;
export const SLOT_BOUND_SHIFT: u32 = 8;

export const BLOCK_MAGIC: u32 = 0x314b4251;
export const BLOCK_HEADER_BYTES: u32 = 32;
export const BLOCK_COLUMN_BYTES: u32 = 32;
export const BLOCK_FLAG_LONG_VIEWS: u32 = 1;
export const BLOCK_FLAG_CODES: u32 = 2;
export const BLOCK_FLAG_RANKS: u32 = 4;
export const BLOCK_BOUND_SHIFT: u32 = 8;
export const BLOCK_BOUND_MAX: u32 = 44;
export const DICTIONARY_MAX: u32 = 256;
export const DICTIONARY_HEADER_BYTES: u32 = 16;

export const PACKED_HEADER_BYTES: u32 = 8;
export const PACKED_ARRAY: u32 = 7;
export const PACKED_STRUCT: u32 = 8;
export const PACKED_MAP: u32 = 9;
