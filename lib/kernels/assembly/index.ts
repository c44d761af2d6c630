export * from './heap';
export * from './bitmap';
export * from './block';
export * from './group-key';
export * from './group-table';
export * from './group-scatter';
export * from './group-merge';
